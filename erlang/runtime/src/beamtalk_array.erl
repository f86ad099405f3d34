%% @doc Primitives of `Array': a tagged map that holds an Erlang tuple.
-module(beamtalk_array).

-export(['class withAll:'/2, 'class new:withAll:'/3, size/1, 'at:'/2, 'at:ifAbsent:'/3]).
-export(['at:put:'/3, first/1, last/1, asList/1, '++'/2]).

-compile({no_auto_import, [size/1]}).

-type array() :: #{'__class__' := module(), elements := tuple()}.

-spec 'class withAll:'(term(), term()) -> array().
'class withAll:'(_, Elements) ->
    of_tuple(list_to_tuple(beamtalk_check:elements(Elements, 'Array', 'withAll:'))).

-spec 'class new:withAll:'(term(), term(), term()) -> array().
'class new:withAll:'(_, Count, Value) ->
    N = beamtalk_check:non_negative(Count, 'Array', 'new:withAll:'),
    of_tuple(erlang:make_tuple(N, Value)).

of_tuple(Tuple) -> #{'__class__' => 'bt@stdlib@Array', elements => Tuple}.

-spec size(array()) -> non_neg_integer().
size(#{elements := T}) -> tuple_size(T).

-spec 'at:'(array(), term()) -> term().
'at:'(#{elements := T}, I) when is_integer(I), I >= 1, I =< tuple_size(T) -> element(I, T);
'at:'(#{elements := T}, I) -> beamtalk_check:index(I, tuple_size(T), 'Array', 'at:').

-spec 'at:ifAbsent:'(array(), term(), term()) -> term().
'at:ifAbsent:'(#{elements := T}, I, _) when is_integer(I), I >= 1, I =< tuple_size(T) ->
    element(I, T);
'at:ifAbsent:'(_, I, Block) ->
    beamtalk_check:integer(I, 'Array', 'at:ifAbsent:'),
    (beamtalk_check:block(Block, 0, 'Array', 'at:ifAbsent:'))().

-spec 'at:put:'(array(), term(), term()) -> array().
'at:put:'(#{elements := T} = Array, I, Value) ->
    Index = beamtalk_check:index(I, tuple_size(T), 'Array', 'at:put:'),
    Array#{elements := setelement(Index, T, Value)}.

-spec first(array()) -> term().
first(#{elements := {}}) -> beamtalk_check:empty('Array', first);
first(#{elements := T}) -> element(1, T).

-spec last(array()) -> term().
last(#{elements := {}}) -> beamtalk_check:empty('Array', last);
last(#{elements := T}) -> element(tuple_size(T), T).

-spec asList(array()) -> list().
asList(#{elements := T}) -> tuple_to_list(T).

-spec '++'(array(), term()) -> array().
'++'(#{elements := A}, #{'__class__' := 'bt@stdlib@Array', elements := B}) ->
    of_tuple(list_to_tuple(tuple_to_list(A) ++ tuple_to_list(B)));
'++'(_, Other) ->
    beamtalk_exception:type_error('Array', '++', <<"an Array">>, Other).
