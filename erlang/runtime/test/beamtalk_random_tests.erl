%% @doc Random numbers: equal seeds give equal numbers, and the generator's state survives keeping.
-module(beamtalk_random_tests).

-include_lib("eunit/include/eunit.hrl").

same_as_rand_test() ->
    Source = beamtalk_random:'class seed:'(nil, 42),
    {Expected, _} = lists:mapfoldl(fun(_, S) -> rand:uniform_s(S) end, rand:seed_s(exsss, 42), lists:seq(1, 100)),
    ?assertEqual(Expected, [beamtalk_random:next(Source) || _ <- lists:seq(1, 100)]).

range_test() ->
    Source = beamtalk_random:'class new'(nil),
    Drawn = [beamtalk_random:'nextInteger:'(Source, 3) || _ <- lists:seq(1, 200)],
    ?assertEqual([1, 2, 3], lists:usort(Drawn)).
