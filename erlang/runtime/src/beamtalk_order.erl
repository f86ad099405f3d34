%% @doc Equality and order of any two objects, as collections use them. Terms that Erlang can
%% compare are compared by it; objects of classes are asked by `equals:' and `<'.
-module(beamtalk_order).

-export([equal/2, less/2, sort/1, max/1, min/1]).

%% Whether two objects are equal by `equals:'.
-spec equal(term(), term()) -> boolean().
equal(A, A) -> true;
equal(#{'__class__' := _} = A, B) -> beamtalk_send:send(A, 'equals:', [B]) =:= true;
equal([A | As], [B | Bs]) -> equal(A, B) andalso equal(As, Bs);
equal(A, B) when is_map(A), is_map(B), map_size(A) =:= map_size(B) -> equal_maps(A, B);
equal(A, B) when is_tuple(A), is_tuple(B), tuple_size(A) =:= tuple_size(B) ->
    equal(tuple_to_list(A), tuple_to_list(B));
equal(_, _) -> false.

equal_maps(_, #{'__class__' := _}) -> false;
equal_maps(A, B) ->
    maps:fold(
        fun(Key, Value, Equal) ->
            Equal andalso is_map_key(Key, B) andalso equal(Value, maps:get(Key, B))
        end,
        true,
        A
    ).

%% Whether `A' comes before `B'.
-spec less(term(), term()) -> boolean().
less(#{'__class__' := _} = A, B) -> beamtalk_send:send(A, '<', [B]) =:= true;
less(A, B) when is_number(A), not is_number(B); is_binary(A), not is_binary(B) ->
    beamtalk_send:send(A, '<', [B]) =:= true;
less(A, B) -> A < B.

%% In ascending order, equal elements in the order that they had.
-spec sort(list()) -> list().
sort(List) ->
    case plain(List) of
        true -> lists:sort(List);
        false -> lists:sort(fun(A, B) -> not less(B, A) end, List)
    end.

-spec max(nonempty_list()) -> term().
max([First | Rest]) when is_number(First) -> greatest(Rest, First);
max([First | Rest] = List) ->
    case plain(List) of
        true -> lists:max(List);
        false -> lists:foldl(fun(X, Most) -> pick(less(Most, X), X, Most) end, First, Rest)
    end.

-spec min(nonempty_list()) -> term().
min([First | Rest]) when is_number(First) -> smallest(Rest, First);
min([First | Rest] = List) ->
    case plain(List) of
        true -> lists:min(List);
        false -> lists:foldl(fun(X, Least) -> pick(less(X, Least), X, Least) end, First, Rest)
    end.

%% Numbers as long as they are.
greatest([X | Rest], Most) when is_number(X), is_number(Most), X > Most -> greatest(Rest, X);
greatest([X | Rest], Most) when is_number(X), is_number(Most) -> greatest(Rest, Most);
greatest([X | Rest], Most) -> greatest(Rest, pick(less(Most, X), X, Most));
greatest([], Most) -> Most.

smallest([X | Rest], Least) when is_number(X), is_number(Least), X < Least -> smallest(Rest, X);
smallest([X | Rest], Least) when is_number(X), is_number(Least) -> smallest(Rest, Least);
smallest([X | Rest], Least) -> smallest(Rest, pick(less(X, Least), X, Least));
smallest([], Least) -> Least.

pick(true, A, _) -> A;
pick(false, _, B) -> B.

%% Whether Erlang's own order is right for all elements: all numbers, all texts, or all symbols.
-spec plain(list()) -> boolean().
plain([X | Rest]) when is_number(X) -> numbers(Rest);
plain([X | Rest]) when is_binary(X) -> texts(Rest);
plain([X | Rest]) when is_atom(X) -> symbols(Rest);
plain(List) -> List =:= [].

numbers([X | Rest]) when is_number(X) -> numbers(Rest);
numbers(Rest) -> Rest =:= [].

texts([X | Rest]) when is_binary(X) -> texts(Rest);
texts(Rest) -> Rest =:= [].

symbols([X | Rest]) when is_atom(X) -> symbols(Rest);
symbols(Rest) -> Rest =:= [].
