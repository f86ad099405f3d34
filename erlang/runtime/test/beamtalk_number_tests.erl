%% @doc Numbers and characters: exact powers, signs of remainders, Unicode classes.
-module(beamtalk_number_tests).

-include_lib("eunit/include/eunit.hrl").

powers_test_() ->
    [
        ?_assertEqual(1 bsl 200, beamtalk_number:'**'(2, 200)),
        ?_assertEqual(0.25, beamtalk_number:'**'(2, -2)),
        ?_assertEqual(-27, beamtalk_number:'**'(-3, 3)),
        ?_assertEqual(1, beamtalk_number:'**'(0, 0)),
        ?_assertError(#{kind := type_error, receiver_class := 'Float'}, beamtalk_number:'**'(1.5, a))
    ].

remainders_agree_with_their_division_test_() ->
    [
        ?_assertEqual(A, F(A, B) * B + R(A, B))
     || A <- [-7, -6, 0, 6, 7], B <- [-3, -2, 2, 3],
        {F, R} <- [
            {fun beamtalk_integer:'div:'/2, fun beamtalk_integer:'%'/2},
            {fun beamtalk_integer:'floorDiv:'/2, fun beamtalk_integer:'mod:'/2}
        ]
    ].

primes_test() ->
    ?assertEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29], [N || N <- lists:seq(-3, 30), beamtalk_integer:isPrime(N)]).

factorial_test() ->
    ?assertEqual(lists:foldl(fun(A, B) -> A * B end, 1, lists:seq(1, 50)), beamtalk_integer:factorial(50)).

characters_test_() ->
    [
        ?_assert(beamtalk_character:isLetter(16#E9)),
        ?_assert(beamtalk_character:isUppercase(16#C9)),
        ?_assert(beamtalk_character:isDigit(16#0663)),
        ?_assertNot(beamtalk_character:isLetter(16#D800)),
        ?_assertEqual(16#DF, beamtalk_character:uppercase(16#DF)),
        ?_assertEqual(<<"$\\n">>, beamtalk_character:printString($\n))
    ].
