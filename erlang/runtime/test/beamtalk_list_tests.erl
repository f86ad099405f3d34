%% @doc The primitives of lists: indexes, stability of sorting, and what wrong arguments raise.
-module(beamtalk_list_tests).

-include_lib("eunit/include/eunit.hrl").

indexes_test_() ->
    [
        ?_assertEqual(b, beamtalk_list:'at:'([a, b], 2)),
        ?_assertError(#{kind := index_out_of_bounds, details := #{index := 3, size := 2}}, beamtalk_list:'at:'([a, b], 3)),
        ?_assertError(#{kind := index_out_of_bounds}, beamtalk_list:'at:'([a, b], 0)),
        ?_assertError(#{kind := type_error}, beamtalk_list:'at:'([a, b], a)),
        ?_assertError(#{kind := empty_collection}, beamtalk_list:first([])),
        ?_assertEqual([a, x], beamtalk_list:'at:put:'([a, b], 2, x))
    ].

sorting_keeps_equal_elements_in_order_test_() ->
    Pairs = [{N rem 3, N} || N <- lists:seq(1, 100)],
    Expected = lists:keysort(1, Pairs),
    [
        ?_assertEqual(Expected, beamtalk_list:'sort:'(Pairs, fun({A, _}, {B, _}) -> A < B end)),
        ?_assertEqual(Expected, beamtalk_list:'sort:'(Pairs, fun({A, _}, {B, _}) -> A =< B end)),
        ?_assertEqual(Expected, beamtalk_list:'sortBy:'(Pairs, fun({A, _}) -> A end))
    ].

sorting_plain_terms_test_() ->
    [
        ?_assertEqual([1, 1.5, 2], beamtalk_list:sort([2, 1, 1.5])),
        ?_assertEqual([<<"a">>, <<"b">>], beamtalk_list:sort([<<"b">>, <<"a">>])),
        ?_assertEqual([], beamtalk_list:sort([]))
    ].

blocks_are_checked_test_() ->
    [
        ?_assertError(#{kind := type_error}, beamtalk_list:'collect:'([1], 3)),
        ?_assertError(#{kind := arity_mismatch}, beamtalk_list:'collect:'([1], fun() -> 1 end)),
        ?_assertError(#{kind := type_error}, beamtalk_list:'select:'([1], fun(_) -> 7 end)),
        ?_assertError(#{kind := not_found}, beamtalk_list:'detect:'([1], fun(_) -> false end))
    ].

groups_keep_the_order_test() ->
    ?assertEqual(#{0 => [2, 4], 1 => [1, 3]}, beamtalk_list:'groupBy:'([1, 2, 3, 4], fun(X) -> X rem 2 end)).
