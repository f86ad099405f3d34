-module(beamtalk_unwind_tests).
-include_lib("eunit/include/eunit.hrl").

%% Starts a process in the middle of a protected part.
begun(Body, After) ->
    Self = self(),
    Pid = spawn(fun() ->
        ok = beamtalk_unwind:expected(),
        put(name, here),
        beamtalk_exception_handler:ensure(fun() -> Self ! began, Body() end, fun() -> After(Self) end)
    end),
    receive began -> Pid after 1000 -> error(not_begun) end.

forever() -> receive never -> ok end.

runs_what_is_left_with_the_variables_test() ->
    Pid = begun(fun forever/0, fun(Test) -> Test ! {get(name), is_process_alive(Test)} end),
    ok = beamtalk_unwind:stop(Pid, 1000),
    receive {here, true} -> ok after 0 -> error(not_run) end,
    ?assertNot(is_process_alive(Pid)).

%% Files and tables of the process are there as long as its blocks run.
lives_until_the_blocks_have_run_test() ->
    Pid = begun(fun() -> ets:new(?MODULE, [named_table, public]), forever() end,
                fun(Test) -> Test ! {inserted, ets:insert(?MODULE, {key})} end),
    wait_for_table(100),
    ok = beamtalk_unwind:stop(Pid, 1000),
    receive {inserted, true} -> ok after 0 -> error(not_run) end,
    ?assertEqual(undefined, ets:whereis(?MODULE)).

wait_for_table(Tries) when Tries > 0 ->
    ets:whereis(?MODULE) =/= undefined orelse begin timer:sleep(10), wait_for_table(Tries - 1) end.

blocks_without_end_are_ended_test() ->
    Pid = begun(fun forever/0, fun(Test) -> Test ! {runs, self()}, forever() end),
    ok = beamtalk_unwind:stop(Pid, 50),
    Other = receive {runs, Running} -> Running after 0 -> error(not_run) end,
    Monitor = monitor(process, Other),
    receive {'DOWN', Monitor, process, Other, _} -> ok after 1000 -> error(still_runs) end,
    ?assertNot(is_process_alive(Pid)).

what_has_ended_needs_nothing_test() ->
    {Pid, Monitor} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end,
    ?assertEqual(ok, beamtalk_unwind:stop(Pid, 1000)),
    ?assertEqual([], beamtalk_unwind:take_over(Pid)).

%% Nobody stops it: nothing is kept.
other_processes_keep_nothing_test() ->
    Before = get(),
    ?assertEqual(1, beamtalk_exception_handler:ensure(fun() -> 1 end, fun() -> 2 end)),
    ?assertEqual(3, beamtalk_exception_handler:if_curtailed(fun() -> 3 end, fun() -> 4 end)),
    ?assertError(badarg, beamtalk_exception_handler:if_curtailed(fun() -> error(badarg) end, fun() -> 4 end)),
    ?assertEqual(Before, get()).

what_has_ended_well_is_run_no_more_test() ->
    Self = self(),
    Pid = spawn(fun() ->
        ok = beamtalk_unwind:expected(),
        beamtalk_exception_handler:ensure(fun() -> 1 end, fun() -> Self ! once end),
        beamtalk_exception_handler:if_curtailed(fun() -> 1 end, fun() -> Self ! never end),
        Self ! began,
        forever()
    end),
    receive began -> ok end,
    ok = beamtalk_unwind:stop(Pid, 1000),
    receive once -> ok after 0 -> error(not_run) end,
    receive Message -> ?assertEqual(nothing, Message) after 0 -> ok end.
