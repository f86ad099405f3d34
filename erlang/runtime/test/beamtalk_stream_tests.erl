%% @doc Streams: what is opened is closed, however the run ends, and no more is computed than asked.
-module(beamtalk_stream_tests).

-include_lib("eunit/include/eunit.hrl").

%% A source that counts up and tells this process when it is opened, asked and closed.
told() ->
    Self = self(),
    beamtalk_stream:source(
        fun() -> Self ! opened, 1 end,
        fun(N) -> Self ! {asked, N}, {N, N + 1} end,
        fun(_) -> Self ! closed end,
        "told"
    ).

messages() ->
    receive
        Message -> [Message | messages()]
    after 0 -> []
    end.

asks_for_no_more_than_needed_test() ->
    ?assertEqual([1, 2], beamtalk_stream:'take:'(told(), 2)),
    ?assertEqual([opened, {asked, 1}, {asked, 2}, closed], messages()).

closes_when_a_block_raises_test() ->
    ?assertError(bad, beamtalk_stream:'do:'(told(), fun(_) -> error(bad) end)),
    ?assertEqual(closed, lists:last(messages())).

closes_both_of_a_zip_test() ->
    Zip = beamtalk_stream:'zip:'(told(), told()),
    ?assertEqual([[1, 1]], beamtalk_stream:'take:'(Zip, 1)),
    ?assertEqual(2, length([closed || closed <- messages()])).

steps_keep_their_state_apart_test() ->
    Numbers = beamtalk_stream:'class from:'(nil, 1),
    Dropped = beamtalk_stream:'drop:'(beamtalk_stream:'drop:'(Numbers, 2), 3),
    ?assertEqual([6, 7], beamtalk_stream:'take:'(Dropped, 2)),
    ?assertEqual([6, 7], beamtalk_stream:'take:'(Dropped, 2)),
    ?assertEqual(<<"Stream(from: 1) | drop: 2 | drop: 3">>, beamtalk_stream:printString(Dropped)).
