%% @doc Primitives of `Dictionary': an Erlang map without a class tag. Whatever goes through the
%% entries does so in the order of the keys as Erlang terms, on every release of OTP.
-module(beamtalk_dictionary).

-export(['class new:'/2, 'class withAll:'/2, 'class keys:values:'/3, size/1, 'equals:'/2]).
-export([keys/1, values/1, associations/1, 'at:'/2, 'at:ifAbsent:'/3, 'at:default:'/3]).
-export(['at:put:'/3, 'includesKey:'/2, 'removeKey:'/2, 'merge:'/2, 'merge:with:'/3]).
-export(['keysAndValuesDo:'/2, 'collect:'/2, 'select:'/2, 'reject:'/2]).
-export(['keysAndValuesSelect:'/2, 'keysAndValuesCollect:'/2]).

-compile({no_auto_import, [size/1]}).

-spec 'class new:'(term(), term()) -> map().
'class new:'(_, Entries) -> beamtalk_check:dictionary(Entries, 'Dictionary', 'new:').

-spec 'class withAll:'(term(), term()) -> map().
'class withAll:'(_, Associations) ->
    List = beamtalk_check:elements(Associations, 'Dictionary', 'withAll:'),
    maps:from_list([pair(A) || A <- List]).

pair(#{'__class__' := 'bt@stdlib@Association', key := Key, value := Value}) -> {Key, Value};
pair({_, _} = Pair) -> Pair;
pair([Key, Value]) -> {Key, Value};
pair(Other) -> beamtalk_exception:type_error('Dictionary', 'withAll:', <<"Associations">>, Other).

-spec 'class keys:values:'(term(), term(), term()) -> map().
'class keys:values:'(_, Keys, Values) ->
    Ks = beamtalk_check:elements(Keys, 'Dictionary', 'keys:values:'),
    Vs = beamtalk_check:elements(Values, 'Dictionary', 'keys:values:'),
    case length(Ks) =:= length(Vs) of
        true -> maps:from_list(lists:zip(Ks, Vs));
        false -> beamtalk_check:invalid('Dictionary', 'keys:values:', <<"expects as many values as keys">>, nil)
    end.

-spec size(map()) -> non_neg_integer().
size(Map) -> map_size(Map).

-spec 'equals:'(map(), term()) -> boolean().
'equals:'(Map, Other) -> beamtalk_order:equal(Map, Other).

-spec keys(map()) -> list().
keys(Map) -> lists:sort(maps:keys(Map)).

-spec values(map()) -> list().
values(Map) -> [Value || {_, Value} <- entries(Map)].

entries(Map) -> lists:keysort(1, maps:to_list(Map)).

-spec associations(map()) -> [map()].
associations(Map) ->
    [#{'__class__' => 'bt@stdlib@Association', key => K, value => V} || {K, V} <- entries(Map)].

-spec 'at:'(map(), term()) -> term().
'at:'(Map, Key) ->
    case Map of
        #{Key := Value} -> Value;
        _ -> missing(Key, 'at:')
    end.

-spec missing(term(), atom()) -> no_return().
missing(Key, Selector) ->
    Message = ["Dictionary>>", atom_to_binary(Selector), " no such key: ", beamtalk_print:print_string(Key)],
    beamtalk_exception:raise(key_not_found, 'Dictionary', Selector, Message, nil, #{key => Key}).

-spec 'at:ifAbsent:'(map(), term(), term()) -> term().
'at:ifAbsent:'(Map, Key, Block) ->
    case Map of
        #{Key := Value} -> Value;
        _ -> (block(Block, 0, 'at:ifAbsent:'))()
    end.

-spec 'at:default:'(map(), term(), term()) -> term().
'at:default:'(Map, Key, Default) -> maps:get(Key, Map, Default).

-spec 'at:put:'(map(), term(), term()) -> map().
'at:put:'(_, '__class__', _) ->
    beamtalk_check:invalid('Dictionary', 'at:put:', <<"cannot have the key #__class__">>, nil);
'at:put:'(Map, Key, Value) ->
    Map#{Key => Value}.

-spec 'includesKey:'(map(), term()) -> boolean().
'includesKey:'(Map, Key) -> is_map_key(Key, Map).

-spec 'removeKey:'(map(), term()) -> map().
'removeKey:'(Map, Key) when is_map_key(Key, Map) -> maps:remove(Key, Map);
'removeKey:'(_, Key) -> missing(Key, 'removeKey:').

-spec 'merge:'(map(), term()) -> map().
'merge:'(Map, Other) ->
    maps:merge(Map, beamtalk_check:dictionary(Other, 'Dictionary', 'merge:')).

-spec 'merge:with:'(map(), term(), term()) -> map().
'merge:with:'(Map, Other, Block) ->
    F = block(Block, 2, 'merge:with:'),
    beamtalk_check:dictionary(Other, 'Dictionary', 'merge:with:'),
    maps:merge_with(fun(_, A, B) -> F(A, B) end, Map, Other).

-spec 'keysAndValuesDo:'(map(), term()) -> nil.
'keysAndValuesDo:'(Map, Block) ->
    F = block(Block, 2, 'keysAndValuesDo:'),
    lists:foreach(fun({Key, Value}) -> F(Key, Value) end, entries(Map)),
    nil.

-spec 'collect:'(map(), term()) -> map().
'collect:'(Map, Block) ->
    F = block(Block, 1, 'collect:'),
    maps:from_list([{Key, F(Value)} || {Key, Value} <- entries(Map)]).

-spec 'select:'(map(), term()) -> map().
'select:'(Map, Block) ->
    F = block(Block, 1, 'select:'),
    maps:from_list([{K, V} || {K, V} <- entries(Map), test(F(V), 'select:')]).

-spec 'reject:'(map(), term()) -> map().
'reject:'(Map, Block) ->
    F = block(Block, 1, 'reject:'),
    maps:from_list([{K, V} || {K, V} <- entries(Map), not test(F(V), 'reject:')]).

-spec 'keysAndValuesSelect:'(map(), term()) -> map().
'keysAndValuesSelect:'(Map, Block) ->
    F = block(Block, 2, 'keysAndValuesSelect:'),
    maps:from_list([{K, V} || {K, V} <- entries(Map), test(F(K, V), 'keysAndValuesSelect:')]).

-spec 'keysAndValuesCollect:'(map(), term()) -> map().
'keysAndValuesCollect:'(Map, Block) ->
    F = block(Block, 2, 'keysAndValuesCollect:'),
    maps:from_list([{K, F(K, V)} || {K, V} <- entries(Map)]).

test(Value, _) when is_boolean(Value) -> Value;
test(Other, Selector) ->
    beamtalk_exception:type_error('Dictionary', Selector, <<"a block that answers a Boolean">>, Other).

block(F, Arity, Selector) -> beamtalk_check:block(F, Arity, 'Dictionary', Selector).
