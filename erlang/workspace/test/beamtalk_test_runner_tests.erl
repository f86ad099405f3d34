-module(beamtalk_test_runner_tests).
-include_lib("eunit/include/eunit.hrl").

-define(CASE, beamtalk_sample_case).

run(Test) ->
    [Outcome] = beamtalk_test_runner:run(?CASE, [Test], #{timeout => 300}),
    Outcome.

passing_test() ->
    ?assertMatch(#{test := testGood, status := passed, message := <<>>, assertions := 3},
                 run(testGood)).

failing_test() ->
    ?assertMatch(
        #{status := failed, kind := assertion_failed, message := <<"expected 1, got 2">>,
          details := [{expected, <<"1">>}, {actual, <<"2">>}], file := <<"test/SampleCase.bt">>},
        run(testBad)).

skipped_test() ->
    ?assertMatch(#{status := skipped, message := <<"later">>}, run(testSkipped)).

error_tells_class_message_and_hint_test() ->
    ?assertMatch(#{status := error, message := <<"SampleCase: no\nhint: try again">>},
                 run(testRaises)).

hanging_test_is_stopped_test() ->
    ?assertMatch(#{status := error, kind := timeout, message := <<"did not end within 300 ms">>},
                 run(testHangs)).

killed_process_is_told_of_test() ->
    ?assertMatch(#{status := error, kind := killed}, run(testDies)).

the_rest_runs_after_a_killed_test_test() ->
    Outcomes = beamtalk_test_runner:run(?CASE, [testDies, testGood], #{timeout => 300}),
    ?assertMatch([#{status := error}, #{status := passed}], Outcomes).

fail_fast_test() ->
    Options = #{timeout => 300, fail_fast => true},
    ?assertMatch([#{test := testBad}], beamtalk_test_runner:run(?CASE, [testBad, testGood], Options)).

events_come_in_order_test() ->
    Self = self(),
    _ = beamtalk_test_runner:run(?CASE, [testGood, testBad], #{}, fun(E) -> Self ! {event, E} end),
    Events = [receive {event, E} -> E after 0 -> none end || _ <- lists:seq(1, 4)],
    ?assertMatch([{started, testGood}, {ended, #{test := testGood}},
                  {started, testBad}, {ended, #{test := testBad}}], Events).

what_a_test_spawned_is_stopped_test() ->
    register(beamtalk_sample_observer, self()),
    ?assertMatch(#{status := passed}, run(testSpawns)),
    receive
        {spawned, Pids} -> ?assertEqual([false, false], [is_process_alive(P) || P <- Pids])
    after 1000 -> error(not_spawned)
    end.

output_is_passed_on_test() ->
    ?assertMatch(#{status := passed}, run(testPrints)).

serial_test() ->
    ?assert(beamtalk_test_runner:is_serial(?CASE)).

tests_by_name_test() ->
    ?assertEqual([testGood, testBad, testHangs], beamtalk_test_runner:tests_of(?CASE)).
