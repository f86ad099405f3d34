%% @doc Primitives of `Set': a tagged map whose `elements' are the keys of a map.
-module(beamtalk_set).

-export(['class withAll:'/2, size/1, 'includes:'/2, 'add:'/2, 'without:'/2, asList/1]).
-export(['union:'/2, 'intersection:'/2, 'difference:'/2, 'isSubsetOf:'/2]).

-compile({no_auto_import, [size/1]}).

-type set() :: #{'__class__' := module(), elements := #{term() => true}}.

-spec 'class withAll:'(term(), term()) -> set().
'class withAll:'(_, Elements) ->
    List = beamtalk_check:elements(Elements, 'Set', 'withAll:'),
    #{'__class__' => 'bt@stdlib@Set', elements => maps:from_keys(List, true)}.

-spec size(set()) -> non_neg_integer().
size(#{elements := E}) -> map_size(E).

-spec 'includes:'(set(), term()) -> boolean().
'includes:'(#{elements := E}, Value) -> is_map_key(Value, E).

-spec 'add:'(set(), term()) -> set().
'add:'(#{elements := E} = Set, Value) -> Set#{elements := E#{Value => true}}.

-spec 'without:'(set(), term()) -> set().
'without:'(#{elements := E} = Set, Value) -> Set#{elements := maps:remove(Value, E)}.

-spec asList(set()) -> list().
asList(#{elements := E}) -> lists:sort(maps:keys(E)).

-spec 'union:'(set(), term()) -> set().
'union:'(#{elements := E} = Set, Other) ->
    Set#{elements := maps:merge(E, elements(Other, 'union:'))}.

-spec 'intersection:'(set(), term()) -> set().
'intersection:'(#{elements := E} = Set, Other) ->
    Set#{elements := maps:intersect(E, elements(Other, 'intersection:'))}.

-spec 'difference:'(set(), term()) -> set().
'difference:'(#{elements := E} = Set, Other) ->
    Set#{elements := maps:without(maps:keys(elements(Other, 'difference:')), E)}.

-spec 'isSubsetOf:'(set(), term()) -> boolean().
'isSubsetOf:'(#{elements := E}, Other) ->
    Others = elements(Other, 'isSubsetOf:'),
    lists:all(fun(X) -> is_map_key(X, Others) end, maps:keys(E)).

elements(#{'__class__' := 'bt@stdlib@Set', elements := E}, _) -> E;
elements(Other, Selector) -> beamtalk_exception:type_error('Set', Selector, <<"a Set">>, Other).
