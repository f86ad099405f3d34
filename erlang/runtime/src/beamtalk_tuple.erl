%% @doc Primitives of `Tuple': Erlang tuples.
-module(beamtalk_tuple).

-export(['class withAll:'/2, size/1, 'at:'/2, 'at:ifAbsent:'/3, 'at:put:'/3]).
-export([isOk/1, isError/1, unwrap/1, asList/1]).

-compile({no_auto_import, [size/1]}).

-spec 'class withAll:'(term(), term()) -> tuple().
'class withAll:'(_, Elements) ->
    list_to_tuple(beamtalk_check:elements(Elements, 'Tuple', 'withAll:')).

-spec size(tuple()) -> non_neg_integer().
size(Tuple) -> tuple_size(Tuple).

-spec 'at:'(tuple(), term()) -> term().
'at:'(Tuple, Index) ->
    element(beamtalk_check:index(Index, tuple_size(Tuple), 'Tuple', 'at:'), Tuple).

-spec 'at:ifAbsent:'(tuple(), term(), term()) -> term().
'at:ifAbsent:'(Tuple, I, _) when is_integer(I), I >= 1, I =< tuple_size(Tuple) ->
    element(I, Tuple);
'at:ifAbsent:'(_, I, Block) ->
    beamtalk_check:integer(I, 'Tuple', 'at:ifAbsent:'),
    (beamtalk_check:block(Block, 0, 'Tuple', 'at:ifAbsent:'))().

-spec 'at:put:'(tuple(), term(), term()) -> tuple().
'at:put:'(Tuple, Index, Value) ->
    setelement(beamtalk_check:index(Index, tuple_size(Tuple), 'Tuple', 'at:put:'), Tuple, Value).

-spec isOk(tuple()) -> boolean().
isOk(Tuple) -> tuple_size(Tuple) =:= 2 andalso element(1, Tuple) =:= ok.

-spec isError(tuple()) -> boolean().
isError(Tuple) -> tuple_size(Tuple) =:= 2 andalso element(1, Tuple) =:= error.

-spec unwrap(tuple()) -> term().
unwrap({ok, Value}) -> Value;
unwrap({error, Reason}) -> beamtalk_result:raise_reason(Reason, 'Tuple', unwrap);
unwrap(Tuple) ->
    beamtalk_exception:type_error('Tuple', unwrap, <<"{#ok, value} or {#error, reason}">>, Tuple).

-spec asList(tuple()) -> list().
asList(Tuple) -> tuple_to_list(Tuple).
