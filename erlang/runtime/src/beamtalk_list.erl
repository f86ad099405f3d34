%% @doc Primitives of `List': thin layers over `lists', with checked arguments and 1-based indexes.
-module(beamtalk_list).

-export(['class withAll:'/2, size/1, 'equals:'/2, first/1, rest/1, last/1, 'at:'/2, 'at:ifAbsent:'/3, 'at:put:'/3]).
-export(['includes:'/2, 'indexOf:'/2, sort/1, 'sort:'/2, 'sortBy:'/2, reversed/1, unique/1]).
-export(['detect:'/2, 'detect:ifNone:'/3, 'do:'/2, 'collect:'/2, 'select:'/2, 'reject:'/2]).
-export(['inject:into:'/3, 'take:'/2, 'drop:'/2, flatten/1, 'flatMap:'/2, 'count:'/2]).
-export(['anySatisfy:'/2, 'allSatisfy:'/2, '++'/2, 'from:to:'/3, 'zip:'/2, 'groupBy:'/2]).
-export(['partition:'/2, 'takeWhile:'/2, 'dropWhile:'/2, 'intersperse:'/2, 'add:'/2, 'chunk:'/2]).
-export([nothing_found/0, shuffled/1, 'join:'/2, sum/1, max/1, min/1]).

-compile({no_auto_import, [size/1, max/2, min/2]}).

-spec 'class withAll:'(term(), term()) -> list().
'class withAll:'(_, Elements) -> beamtalk_check:elements(Elements, 'List', 'withAll:').

-spec size(list()) -> non_neg_integer().
size(List) -> length(List).

-spec 'equals:'(list(), term()) -> boolean().
'equals:'(List, Other) -> beamtalk_order:equal(List, Other).

-spec first(list()) -> term().
first([First | _]) -> First;
first([]) -> beamtalk_check:empty('List', first).

-spec rest(list()) -> list().
rest([_ | Rest]) -> Rest;
rest([]) -> [].

-spec last(list()) -> term().
last([]) -> beamtalk_check:empty('List', last);
last(List) -> lists:last(List).

-spec 'at:'(list(), term()) -> term().
'at:'(List, Index) when is_integer(Index), Index >= 1 -> nth(Index, List, List);
'at:'(List, Index) -> beamtalk_check:index(Index, length(List), 'List', 'at:').

nth(1, [X | _], _) -> X;
nth(N, [_ | Rest], List) -> nth(N - 1, Rest, List);
nth(N, [], List) ->
    Size = length(List),
    beamtalk_check:out_of_bounds(Size + N, Size, 'List', 'at:').

-spec 'at:ifAbsent:'(list(), term(), term()) -> term().
'at:ifAbsent:'(List, Index, Block) ->
    beamtalk_check:integer(Index, 'List', 'at:ifAbsent:'),
    case Index >= 1 andalso nthtail(Index - 1, List) of
        [X | _] -> X;
        _ -> (beamtalk_check:block(Block, 0, 'List', 'at:ifAbsent:'))()
    end.

nthtail(0, List) -> List;
nthtail(_, []) -> [];
nthtail(N, [_ | Rest]) -> nthtail(N - 1, Rest).

-spec 'at:put:'(list(), term(), term()) -> list().
'at:put:'(List, Index, Value) ->
    I = beamtalk_check:index(Index, length(List), 'List', 'at:put:'),
    {Before, [_ | After]} = lists:split(I - 1, List),
    Before ++ [Value | After].

-spec 'includes:'(list(), term()) -> boolean().
'includes:'(List, Value) ->
    lists:member(Value, List) orelse
        lists:any(fun(X) -> beamtalk_order:equal(X, Value) end, List).

-spec 'indexOf:'(list(), term()) -> pos_integer() | nil.
'indexOf:'(List, Value) -> index_of(List, Value, 1).

index_of([], _, _) -> nil;
index_of([X | Rest], Value, I) ->
    case beamtalk_order:equal(X, Value) of
        true -> I;
        false -> index_of(Rest, Value, I + 1)
    end.

-spec sort(list()) -> list().
sort(List) -> beamtalk_order:sort(List).

%% Elements of which the block puts neither before the other keep their order, whether it compares
%% with `<' or with `<='.
-spec 'sort:'(list(), term()) -> list().
'sort:'(List, Block) ->
    F = block(Block, 2, 'sort:'),
    Before = fun(A, B) -> test(F(A, B), 'sort:') end,
    lists:sort(fun(A, B) -> Before(A, B) orelse not Before(B, A) end, List).

-spec 'sortBy:'(list(), term()) -> list().
'sortBy:'(List, Block) ->
    F = block(Block, 1, 'sortBy:'),
    Keyed = [{F(X), X} || X <- List],
    Sorted = lists:sort(fun({A, _}, {B, _}) -> not beamtalk_order:less(B, A) end, Keyed),
    [X || {_, X} <- Sorted].

-spec reversed(list()) -> list().
reversed(List) -> lists:reverse(List).

-spec unique(list()) -> list().
unique(List) -> unique(List, #{}).

unique([], _) -> [];
unique([X | Rest], Seen) when is_map_key(X, Seen) -> unique(Rest, Seen);
unique([X | Rest], Seen) -> [X | unique(Rest, Seen#{X => true})].

-spec 'detect:'(list(), term()) -> term().
'detect:'(List, Block) ->
    F = block(Block, 1, 'detect:'),
    detect(List, F, fun nothing_found/0, 'detect:').

%% What `detect:' raises, here and in loops that are compiled in place.
-spec nothing_found() -> no_return().
nothing_found() ->
    beamtalk_check:not_found('List', 'detect:', <<"no element satisfies the block">>).

-spec 'detect:ifNone:'(list(), term(), term()) -> term().
'detect:ifNone:'(List, Block, None) ->
    F = block(Block, 1, 'detect:ifNone:'),
    detect(List, F, block(None, 0, 'detect:ifNone:'), 'detect:ifNone:').

detect([], _, None, _) -> None();
detect([X | Rest], F, None, Selector) ->
    case test(F(X), Selector) of
        true -> X;
        false -> detect(Rest, F, None, Selector)
    end.

-spec 'do:'(list(), term()) -> nil.
'do:'(List, Block) ->
    lists:foreach(block(Block, 1, 'do:'), List),
    nil.

-spec 'collect:'(list(), term()) -> list().
'collect:'(List, Block) -> lists:map(block(Block, 1, 'collect:'), List).

-spec 'select:'(list(), term()) -> list().
'select:'(List, Block) ->
    F = block(Block, 1, 'select:'),
    [X || X <- List, test(F(X), 'select:')].

-spec 'reject:'(list(), term()) -> list().
'reject:'(List, Block) ->
    F = block(Block, 1, 'reject:'),
    [X || X <- List, not test(F(X), 'reject:')].

%% A block that is to decide must answer a boolean.
test(true, _) -> true;
test(false, _) -> false;
test(Other, Selector) ->
    beamtalk_exception:type_error('List', Selector, <<"a block that answers a Boolean">>, Other).

-spec 'inject:into:'(list(), term(), term()) -> term().
'inject:into:'(List, Initial, Block) ->
    F = block(Block, 2, 'inject:into:'),
    lists:foldl(fun(X, Acc) -> F(Acc, X) end, Initial, List).

-spec 'take:'(list(), term()) -> list().
'take:'(List, Count) ->
    lists:sublist(List, beamtalk_check:non_negative(Count, 'List', 'take:')).

-spec 'drop:'(list(), term()) -> list().
'drop:'(List, Count) -> nthtail(beamtalk_check:non_negative(Count, 'List', 'drop:'), List).

-spec flatten(list()) -> list().
flatten(List) -> lists:flatten(List).

-spec 'flatMap:'(list(), term()) -> list().
'flatMap:'(List, Block) ->
    F = block(Block, 1, 'flatMap:'),
    flat_map(List, F).

flat_map([X | Rest], F) -> flat(F(X)) ++ flat_map(Rest, F);
flat_map([], _) -> [].

flat(List) when is_list(List) -> List;
flat(Other) -> beamtalk_check:elements(Other, 'List', 'flatMap:').

-spec 'count:'(list(), term()) -> non_neg_integer().
'count:'(List, Block) ->
    F = block(Block, 1, 'count:'),
    length([X || X <- List, test(F(X), 'count:')]).

-spec 'anySatisfy:'(list(), term()) -> boolean().
'anySatisfy:'(List, Block) ->
    F = block(Block, 1, 'anySatisfy:'),
    lists:any(fun(X) -> test(F(X), 'anySatisfy:') end, List).

-spec 'allSatisfy:'(list(), term()) -> boolean().
'allSatisfy:'(List, Block) ->
    F = block(Block, 1, 'allSatisfy:'),
    lists:all(fun(X) -> test(F(X), 'allSatisfy:') end, List).

-spec '++'(list(), term()) -> list().
'++'(List, Other) -> List ++ beamtalk_check:list(Other, 'List', '++').

-spec 'from:to:'(list(), term(), term()) -> list().
'from:to:'(List, From, To) ->
    Size = length(List),
    beamtalk_check:integer(From, 'List', 'from:to:'),
    beamtalk_check:integer(To, 'List', 'from:to:'),
    case To < From of
        true ->
            [];
        false ->
            beamtalk_check:index(From, Size, 'List', 'from:to:'),
            beamtalk_check:index(To, Size, 'List', 'from:to:'),
            lists:sublist(List, From, To - From + 1)
    end.

-spec 'zip:'(list(), term()) -> [list()].
'zip:'(List, Other) -> zip(List, beamtalk_check:elements(Other, 'List', 'zip:')).

zip([A | As], [B | Bs]) -> [[A, B] | zip(As, Bs)];
zip(_, _) -> [].

-spec 'groupBy:'(list(), term()) -> map().
'groupBy:'(List, Block) ->
    F = block(Block, 1, 'groupBy:'),
    Add = fun(X, Groups) ->
        maps:update_with(F(X), fun(Group) -> [X | Group] end, [X], Groups)
    end,
    maps:map(fun(_, Group) -> lists:reverse(Group) end, lists:foldl(Add, #{}, List)).

-spec 'partition:'(list(), term()) -> map().
'partition:'(List, Block) ->
    F = block(Block, 1, 'partition:'),
    {Matching, Others} = lists:partition(fun(X) -> test(F(X), 'partition:') end, List),
    #{<<"matching">> => Matching, <<"nonMatching">> => Others}.

-spec 'takeWhile:'(list(), term()) -> list().
'takeWhile:'(List, Block) ->
    F = block(Block, 1, 'takeWhile:'),
    lists:takewhile(fun(X) -> test(F(X), 'takeWhile:') end, List).

-spec 'dropWhile:'(list(), term()) -> list().
'dropWhile:'(List, Block) ->
    F = block(Block, 1, 'dropWhile:'),
    lists:dropwhile(fun(X) -> test(F(X), 'dropWhile:') end, List).

-spec 'intersperse:'(list(), term()) -> list().
'intersperse:'(List, Separator) -> lists:join(Separator, List).

-spec 'add:'(list(), term()) -> list().
'add:'(List, Element) -> List ++ [Element].

-spec 'chunk:'(list(), term()) -> [list()].
'chunk:'(List, Count) -> chunk(List, beamtalk_check:positive(Count, 'List', 'chunk:')).

chunk([], _) -> [];
chunk(List, N) -> [lists:sublist(List, N) | chunk(nthtail(N, List), N)].

-spec shuffled(list()) -> list().
shuffled(List) -> [X || {_, X} <- lists:sort([{rand:uniform(), X} || X <- List])].

-spec 'join:'(list(), term()) -> binary().
'join:'(List, Separator) ->
    Text = beamtalk_check:string(Separator, 'List', 'join:'),
    iolist_to_binary(lists:join(Text, [display(X) || X <- List])).

%% Objects are asked: their class may have a `displayString' of its own.
display(#{'__class__' := _} = X) -> beamtalk_send:send(X, displayString, []);
display(X) -> beamtalk_print:display_string(X).

%% Of numbers as long as they are; other elements answer to `+'.
-spec sum(list()) -> term().
sum(List) -> sum(List, 0).

sum([X | Rest], Total) when is_number(X), is_number(Total) -> sum(Rest, Total + X);
sum([X | Rest], Total) -> sum(Rest, beamtalk_operator:'+'(Total, X));
sum([], Total) -> Total.

-spec max(list()) -> term().
max([]) -> beamtalk_check:empty('List', max);
max(List) -> beamtalk_order:max(List).

-spec min(list()) -> term().
min([]) -> beamtalk_check:empty('List', min);
min(List) -> beamtalk_order:min(List).

block(F, Arity, Selector) -> beamtalk_check:block(F, Arity, 'List', Selector).
