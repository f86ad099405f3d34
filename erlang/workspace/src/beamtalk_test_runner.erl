%% @doc Runs the tests of a `TestCase' subclass. The caller's process drives; each test runs in a
%% process of its own with its own group leader, by which everything that it spawned is found and
%% stopped after. A test that does not end is stopped at its time limit, after its `ensure:' blocks and
%% its `tearDown', which have a limit of their own.
-module(beamtalk_test_runner).

-export([run/3, run/4, is_serial/1, tests_of/1]).
-export(['class runAll'/1, 'class runAll:'/2, 'class run:'/2, 'class run:method:'/3]).
-export_type([options/0]).

%% `timeout': milliseconds for one test with its `setUp' and `tearDown'. `fail_fast': stop after
%% the first test that does not pass. `seed': what makes the random values of property tests the same.
-type options() :: #{timeout => pos_integer(), fail_fast => boolean(), seed => integer()}.

-type event() :: {started, atom()} | {ended, beamtalk_test_outcome:outcome()}.

-define(DEFAULT_TIMEOUT, 30000).
-define(UNWINDING_LIMIT, 1000).

%% @doc Runs the tests and answers the outcomes, in order.
-spec run(module(), [atom()], options()) -> [beamtalk_test_outcome:outcome()].
run(Module, Tests, Options) ->
    run(Module, Tests, Options, fun(_Event) -> ok end).

%% @doc As run/3; `Tell' is called as each test starts and ends.
-spec run(module(), [atom()], options(), fun((event()) -> term())) -> [beamtalk_test_outcome:outcome()].
run(Module, Tests, Options, Tell) ->
    Timeout = maps:get(timeout, Options, ?DEFAULT_TIMEOUT),
    Suite = start_suite(),
    try in_suite(Suite, Timeout, fun() -> set_up_once(Module) end) of
        {ok, Fixture, _} ->
            Outcomes = run_each(Tests, Module, Fixture, Options, Timeout, Tell),
            tear_down_once(Suite, Module, Timeout, Outcomes, Tell);
        Ended ->
            all_end(Tests, Ended, Module, setUpOnce, Tell)
    after
        stop_suite(Suite)
    end.

%% @doc Whether the class asks not to be run beside others.
-spec is_serial(module()) -> boolean().
is_serial(Module) ->
    try Module:'$csend'(serial, {'$class', Module}, []) of
        Answer -> Answer =:= true
    catch
        _:_ -> false
    end.

%% @doc The selectors of a class's tests, inherited ones first, in the order of their definition.
-spec tests_of(module()) -> [atom()].
tests_of(Module) ->
    Inherited = [selectors(Ancestor) || Ancestor <- lists:reverse(beamtalk_class:ancestors(Module))],
    lists:foldl(fun add_new/2, [], lists:append(Inherited)).

add_new(Selector, Known) ->
    case lists:member(Selector, Known) of
        true -> Known;
        false -> Known ++ [Selector]
    end.

selectors(Module) ->
    [S || #{selector := S, arity := 0} <- maps:get(methods, Module:'$meta'(), []),
          lists:prefix("test", atom_to_list(S))].

%% -------------------------------------------------------------------------------------------
%% The suite's process: setUpOnce and tearDownOnce run in it, so that what setUpOnce linked to
%% itself lives as long as the tests.

start_suite() ->
    Leader = beamtalk_test_output:start(),
    Pid = spawn_opt(fun() -> ok = beamtalk_unwind:expected(), suite_loop() end,
                    [beamtalk_workspace_memory:heap_limit()]),
    group_leader(Leader, Pid),
    #{pid => Pid, leader => Leader}.

suite_loop() ->
    receive
        {run, From, Reference, Fun} ->
            From ! {Reference, attempt(Fun)},
            suite_loop();
        stop ->
            ok
    end.

in_suite(#{pid := Pid, leader := Leader}, Timeout, Fun) ->
    Reference = monitor(process, Pid),
    beamtalk_workspace_memory:watch(Pid, Leader),
    Pid ! {run, self(), Reference, Fun},
    Ended = receive
        {Reference, Answer} ->
            demonitor(Reference, [flush]),
            Answer;
        {'DOWN', Reference, process, Pid, Reason} ->
            {died, Reason}
    after Timeout ->
        Where = where(Pid),
        demonitor(Reference, [flush]),
        ok = beamtalk_unwind:stop(Pid, ?UNWINDING_LIMIT),
        {timeout, Timeout, Where}
    end,
    explained(Ended, beamtalk_workspace_memory:unwatch(Pid)).

stop_suite(#{pid := Pid, leader := Leader}) ->
    Pid ! stop,
    stop_spawned(Leader, Pid),
    beamtalk_test_output:stop(Leader).

set_up_once(Module) ->
    enter(instance(Module)),
    Answer = send_fixture(Module, setUpOnce),
    put('$bt_suite_fixture', Answer),
    Answer.

tear_down_once(Suite, Module, Timeout, Outcomes, Tell) ->
    case in_suite(Suite, Timeout, fun() -> send_fixture(Module, tearDownOnce) end) of
        {ok, _, _} ->
            Outcomes;
        Ended ->
            Outcome = beamtalk_test_outcome:of_test(tearDownOnce, Ended, Module, 0),
            Tell({started, tearDownOnce}),
            Tell({ended, Outcome}),
            Outcomes ++ [Outcome]
    end.

%% setUpOnce failed: no test can run, and each is told of with the reason.
all_end(Tests, Ended, Module, Where, Tell) ->
    [begin
        Tell({started, Test}),
        Outcome = prefixed(Where, beamtalk_test_outcome:of_test(Test, Ended, Module, 0)),
        Tell({ended, Outcome}),
        Outcome
     end || Test <- Tests].

prefixed(Where, #{message := Message, status := Status} = Outcome) ->
    Said = <<"in ", (atom_to_binary(Where))/binary, ": ", Message/binary>>,
    case Status of
        skipped -> Outcome;
        _ -> Outcome#{message := Said, status := error}
    end.

%% -------------------------------------------------------------------------------------------
%% One test

run_each([], _Module, _Fixture, _Options, _Timeout, _Tell) ->
    [];
run_each([Test | Rest], Module, Fixture, Options, Timeout, Tell) ->
    Tell({started, Test}),
    #{status := Status} = Outcome = run_one(Test, Module, Fixture, Options, Timeout),
    Tell({ended, Outcome}),
    Stop = maps:get(fail_fast, Options, false) andalso (Status =:= failed orelse Status =:= error),
    case Stop of
        true -> [Outcome];
        false -> [Outcome | run_each(Rest, Module, Fixture, Options, Timeout, Tell)]
    end.

run_one(Test, Module, Fixture, Options, Timeout) ->
    Start = erlang:monotonic_time(),
    Leader = beamtalk_test_output:start(),
    {Pid, Monitor} = start_test(Test, Module, Fixture, Options, Leader),
    beamtalk_workspace_memory:watch(Pid, Leader),
    Ended = explained(wait_for(Pid, Monitor, Timeout), beamtalk_workspace_memory:unwatch(Pid)),
    stop_spawned(Leader, Pid),
    beamtalk_test_output:stop(Leader),
    Duration = erlang:convert_time_unit(erlang:monotonic_time() - Start, native, microsecond),
    beamtalk_test_outcome:of_test(Test, Ended, Module, Duration).

start_test(Test, Module, Fixture, Options, Leader) ->
    Parent = self(),
    spawn_opt(fun() ->
        group_leader(Leader, self()),
        put('$bt_suite_fixture', Fixture),
        [put('$bt_test_seed', {{Seed, Module, Test}, 1}) || #{seed := Seed} <- [Options]],
        ok = beamtalk_unwind:expected(),
        Ended = attempt(fun() -> test_body(Test, Module) end),
        Parent ! {test_ended, self(), Ended}
    end, [monitor, beamtalk_workspace_memory:heap_limit()]).

%% What the guard of the memory knows of a process that ended.
explained({died, _}, #{} = Stopped) -> {stopped, Stopped};
explained({died, killed}, grown) -> {died, killed_or_grown};
explained(Ended, _) -> Ended.

wait_for(Pid, Monitor, Timeout) ->
    receive
        {test_ended, Pid, Ended} ->
            demonitor(Monitor, [flush]),
            Ended;
        {'DOWN', Monitor, process, Pid, Reason} ->
            {died, Reason}
    after Timeout ->
        Where = where(Pid),
        ok = beamtalk_unwind:stop(Pid, ?UNWINDING_LIMIT),
        receive {'DOWN', Monitor, process, Pid, _} -> ok end,
        receive {test_ended, Pid, _} -> ok after 0 -> ok end,
        {timeout, Timeout, Where}
    end.

%% tearDown runs whether the test passed or not; the test's own failure is the one told of.
test_body(Test, Module) ->
    enter(instance(Module)),
    TearDown = fun() -> send_fixture(Module, tearDown) end,
    ok = beamtalk_unwind:entered(TearDown),
    try
        set_up(Module, send_fixture(Module, setUp)),
        send_fixture(Module, Test)
    of
        _ -> beamtalk_unwind:left(TearDown)
    catch
        Class:Reason:Stack ->
            try beamtalk_unwind:left(TearDown) catch _:_ -> ok end,
            erlang:raise(Class, Reason, Stack)
    end.

set_up(Module, #{'__class__' := Module} = Answer) ->
    enter(Answer);
set_up(_Module, _Answer) ->
    ok.

enter(Instance) ->
    put('$bt_fixture', Instance).

send_fixture(Module, Selector) ->
    Module:'$send'(Selector, get('$bt_fixture'), []).

instance(Module) ->
    (Module:'$defaults'())#{'__class__' => Module}.

attempt(Fun) ->
    try Fun() of
        Value -> {ok, Value, assertions()}
    catch
        Class:Reason:Stack -> {raised, Class, Reason, Stack, assertions()}
    end.

assertions() ->
    case get('$bt_assertions') of
        Count when is_integer(Count) -> Count;
        _ -> 0
    end.

where(Pid) ->
    case process_info(Pid, current_stacktrace) of
        {current_stacktrace, Stack} -> Stack;
        undefined -> []
    end.

%% -------------------------------------------------------------------------------------------
%% What a test spawned

%% Supervisors would start anew what is stopped before them, so all are stopped until none is left.
%% Tables of the test go as well.
stop_spawned(Leader, Pid) ->
    stop_spawned(Leader, Pid, 100),
    beamtalk_table_owner:delete_of(Leader).

stop_spawned(_Leader, _Pid, 0) ->
    ok;
stop_spawned(Leader, Pid, Rounds) ->
    case [P || P <- processes(), P =/= Pid, P =/= Leader, has_leader(P, Leader)] of
        [] ->
            ok;
        Spawned ->
            Monitors = [monitor(process, P) || P <- Spawned],
            [exit(P, kill) || P <- Spawned],
            [receive {'DOWN', M, process, _, _} -> ok after 1000 -> ok end || M <- Monitors],
            stop_spawned(Leader, Pid, Rounds - 1)
    end.

has_leader(Pid, Leader) ->
    process_info(Pid, group_leader) =:= {group_leader, Leader}.

%% -------------------------------------------------------------------------------------------
%% Primitives of the class TestRunner

%% @doc All test classes of the node.
-spec 'class runAll'(term()) -> map().
'class runAll'(Class) ->
    'class runAll:'(Class, 1).

%% @doc All test classes of the node, several at a time; serial ones alone.
-spec 'class runAll:'(term(), pos_integer()) -> map().
'class runAll:'(_Class, Jobs) when is_integer(Jobs), Jobs > 0 ->
    {Alone, Together} = lists:partition(fun is_serial/1, test_classes()),
    result(fun() -> run_together(Together, Jobs, []) ++ run_together(Alone, 1, []) end);
'class runAll:'(_Class, Jobs) ->
    beamtalk_exception:type_error('TestRunner', 'runAll:', <<"a positive Integer">>, Jobs).

%% @doc The tests of a class, or of each of a list of classes.
-spec 'class run:'(term(), term()) -> map().
'class run:'(_Class, Classes) when is_list(Classes) ->
    Modules = [test_class(C, 'run:') || C <- Classes],
    result(fun() -> lists:append([outcomes(M, tests_of(M)) || M <- Modules]) end);
'class run:'(Class, One) ->
    'class run:'(Class, [One]).

%% @doc One test of a class.
-spec 'class run:method:'(term(), term(), atom()) -> map().
'class run:method:'(_Class, One, Selector) when is_atom(Selector) ->
    Module = test_class(One, 'run:method:'),
    case lists:member(Selector, tests_of(Module)) of
        true ->
            result(fun() -> outcomes(Module, [Selector]) end);
        false ->
            Name = atom_to_binary(beamtalk_class:name(Module)),
            Message = <<Name/binary, " has no test ", (atom_to_binary(Selector))/binary>>,
            beamtalk_exception:raise(not_found, 'TestRunner', 'run:method:', Message, nil, nil)
    end;
'class run:method:'(_Class, _One, Selector) ->
    beamtalk_exception:type_error('TestRunner', 'run:method:', <<"Symbol">>, Selector).

result(Fun) ->
    Start = erlang:monotonic_time(),
    Outcomes = Fun(),
    Duration = erlang:convert_time_unit(erlang:monotonic_time() - Start, native, microsecond),
    beamtalk_test_result:make(Outcomes, Duration).

outcomes(Module, Tests) ->
    Name = beamtalk_class:name(Module),
    [Outcome#{class => Name} || Outcome <- run(Module, Tests, #{})].

%% The runs of several classes at a time; the outcomes in the order of the classes.
run_together([], _Jobs, Running) ->
    lists:append([collect(Run) || Run <- lists:reverse(Running)]);
run_together([Module | Rest], Jobs, Running) when length(Running) < Jobs ->
    run_together(Rest, Jobs, [start_run(Module) | Running]);
run_together(Modules, Jobs, Running) ->
    {Later, [First]} = lists:split(length(Running) - 1, Running),
    Outcomes = collect(First),
    Outcomes ++ run_together(Modules, Jobs, Later).

start_run(Module) ->
    spawn_monitor(fun() -> exit({outcomes, outcomes(Module, tests_of(Module))}) end).

collect({Pid, Monitor}) ->
    receive
        {'DOWN', Monitor, process, Pid, {outcomes, Outcomes}} -> Outcomes;
        {'DOWN', Monitor, process, Pid, Reason} -> exit(Reason)
    end.

test_classes() ->
    [M || M <- beamtalk_registry:classes(), beamtalk_class:kind(M) =:= testCase, not is_abstract(M)].

is_abstract(Module) ->
    lists:member(abstract, maps:get(modifiers, Module:'$meta'(), [])).

test_class({'$class', Module} = Class, Selector) ->
    case beamtalk_class:kind(Module) of
        testCase -> Module;
        _ -> beamtalk_exception:type_error('TestRunner', Selector, <<"a subclass of TestCase">>, Class)
    end;
test_class(Other, Selector) ->
    beamtalk_exception:type_error('TestRunner', Selector, <<"a subclass of TestCase">>, Other).
