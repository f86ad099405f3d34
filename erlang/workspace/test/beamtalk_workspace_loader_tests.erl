-module(beamtalk_workspace_loader_tests).
-include_lib("eunit/include/eunit.hrl").
-compile([export_all, nowarn_export_all]).

-define(CLASS, 'bt@user@TCounter').
-define(OTHER, 'bt@user@TOther').
-define(SAMPLES, beamtalk_workspace_samples).

loader_test_() ->
    {setup, fun ?SAMPLES:setup/0, fun ?SAMPLES:cleanup/1,
     [{atom_to_list(Name), {setup, fun() -> ok end, fun(_) -> clean() end, {timeout, 15, fun() -> ?MODULE:Name() end}}}
      || Name <- [load_enters_classes, unchanged_code_is_left_alone, new_code_old_state, new_field_gets_default,
                  new_field_without_default_is_refused, untyped_field_of_code_without_actors,
                  removed_field_is_kept_with_warning, patch_runs_on_the_old_state,
                  failing_patch_leaves_all_as_it_was, a_patch_of_a_file_runs_once, a_check_leaves_no_patch, endless_patch_is_stopped, damaged_module_loads_nothing,
                  subclass_actors_get_inherited_fields, value_that_does_not_fit_is_refused, a_check_looks_at_values,
                  busy_actor_is_waited_for, old_code_in_use_refuses_and_kills_nothing, check_changes_nothing,
                  staged_load_can_be_aborted, staged_load_of_dead_owner_is_undone, killed_load_is_undone,
                  loads_are_one_after_the_other, others_go_on_while_one_is_busy,
                  messages_wait_for_the_new_state, code_that_is_run_cannot_be_put_back, actors_that_wait_for_one_another_end_first,
                  an_actor_killed_in_its_message_keeps_nobody, nothing_is_lost_under_traffic,
                  actors_that_begin_meanwhile_get_the_field, load_inside_a_migration_is_refused, many_actors_migrate]]}.

clean() ->
    _ = [exit(Pid, kill) || {Pid, _} <- beamtalk_actor:living()],
    wait_until(fun() -> beamtalk_actor:living() =:= [] end),
    ?SAMPLES:remove(?OTHER),
    ?SAMPLES:remove('bt@user@TSub'),
    ?SAMPLES:remove(?CLASS).

load(Codes) ->
    beamtalk_workspace_loader:load(?SAMPLES:request(Codes)).

spawn_actor() ->
    beamtalk_actor:start(?CLASS, #{}).

send(Actor, Selector) -> beamtalk_send:send(Actor, Selector, []).
field(Actor, Name) -> beamtalk_send:send(Actor, 'field:', [Name]).

load_enters_classes() ->
    {ok, #{loaded := [#{class := <<"TCounter">>}], migrated := 0, warnings := []}} =
        load([?SAMPLES:counter(#{})]),
    ?assertEqual({ok, ?CLASS}, beamtalk_registry:lookup('TCounter')).

unchanged_code_is_left_alone() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    {ok, #{loaded := []}} = load([?SAMPLES:counter(#{})]).

new_code_old_state() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    1 = send(Actor, bump),
    {ok, #{migrated := 0}} = load([?SAMPLES:counter(#{step => "10"})]),
    ?assertEqual(11, send(Actor, bump)).

new_field_gets_default() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    1 = send(Actor, bump),
    {ok, #{migrated := 1}} =
        load([?SAMPLES:counter(#{fields => [{value, <<"Integer">>, "0"}, {log, nil, "[fresh]"}]})]),
    ?assertEqual([fresh], field(Actor, log)),
    ?assertEqual(2, send(Actor, bump)).

new_field_without_default_is_refused() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    {error, #{kind := missing_default, message := Message, actors := [Printed]}} =
        load([?SAMPLES:counter(#{step => "5", fields => [{value, <<"Integer">>, "0"}, {owner, <<"String">>, none}]})]),
    ?assertMatch({match, _}, re:run(Message, "'owner' has no default")),
    ?assertMatch({match, _}, re:run(Printed, "^#Actor<TCounter,0\\.")),
    ?assertEqual(1, send(Actor, bump)).

untyped_field_of_code_without_actors() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    {ok, #{migrated := 0}} =
        load([?SAMPLES:counter(#{fields => [{value, <<"Integer">>, "0"}, {owner, <<"String">>, none}]})]).

removed_field_is_kept_with_warning() ->
    {ok, _} = load([?SAMPLES:counter(#{fields => [{value, <<"Integer">>, "0"}, {log, nil, "[a]"}]})]),
    Actor = spawn_actor(),
    {ok, #{warnings := [Warning]}} = load([?SAMPLES:counter(#{})]),
    ?assertMatch({match, _}, re:run(Warning, "TCounter has no field 'log' any more")),
    ?assertEqual([a], field(Actor, log)).

patch_runs_on_the_old_state() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    1 = send(Actor, bump),
    New = ?SAMPLES:counter(#{fields => [{value, <<"Integer">>, "0"}, {owner, <<"String">>, none}]}),
    Patch = ?SAMPLES:patch("State#{owner => <<\"Ann\">>, value => maps:get(value, State) * 100}", 'TCounter'),
    {ok, #{migrated := 1}} = load([New, Patch]),
    ?assertEqual(<<"Ann">>, field(Actor, owner)),
    ?assertEqual(101, send(Actor, bump)),
    ?assertNot(erlang:module_loaded('bt@user@TCounter+patch')).

%% A file's patch is known by its text; what some modules of the file are sent for forgets nothing.
a_patch_of_a_file_runs_once() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    Counted = fun(Source) ->
        ?SAMPLES:patch("State#{value => maps:get(value, State) + 100}", 'TCounter', Source)
    end,
    Once = Counted(<<"once">>),
    {ok, #{migrated := 1}} = load([Once]),
    {ok, #{migrated := 0}} = load([Once]),
    {ok, _} = beamtalk_workspace_loader:load((?SAMPLES:request([?SAMPLES:counter(#{step => "2"})]))#{parts => true}),
    {ok, #{migrated := 0}} = load([Once]),
    ?assertEqual(100, field(Actor, value)),
    {ok, #{migrated := 1}} = load([Counted(<<"another">>)]),
    {ok, #{migrated := 0}} = load([?SAMPLES:counter(#{})]),
    {ok, #{migrated := 1}} = load([Once]),
    ?assertEqual(300, field(Actor, value)).

a_check_leaves_no_patch() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    _ = spawn_actor(),
    Patch = ?SAMPLES:patch("State", 'TCounter', <<"checked">>),
    {ok, #{migrated := 1}} = beamtalk_workspace_loader:check(?SAMPLES:request([Patch])),
    ?assertNot(erlang:module_loaded('bt@user@TCounter+patch')).

failing_patch_leaves_all_as_it_was() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actors = [spawn_actor() || _ <- lists:seq(1, 5)],
    [send(Actor, bump) || Actor <- Actors],
    send(lists:last(Actors), bump),
    New = ?SAMPLES:counter(#{step => "7", fields => [{value, <<"Integer">>, "0"}, {log, nil, "[]"}]}),
    Other = ?SAMPLES:counter(#{module => ?OTHER, name => 'TOther'}),
    Patch = ?SAMPLES:patch("#{value := 1} = State", 'TCounter'),
    {error, #{kind := migration_failed, actors := [_], message := Message}} = load([New, Other, Patch]),
    ?assertMatch({match, _}, re:run(Message, "^nothing was loaded: the migration of #Actor<TCounter,")),
    ?assertEqual([2, 2, 2, 2, 3], [send(Actor, bump) || Actor <- Actors]),
    ?assertEqual(absent, field(hd(Actors), log)),
    ?assertNot(erlang:module_loaded(?OTHER)),
    ?assertEqual(error, beamtalk_registry:lookup('TOther')).

endless_patch_is_stopped() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    Patch = ?SAMPLES:patch("receive never -> State end", 'TCounter'),
    {error, #{kind := migration_failed}} = load([?SAMPLES:counter(#{step => "3"}), Patch]),
    ?assertEqual(1, send(Actor, bump)).

damaged_module_loads_nothing() ->
    {error, #{kind := not_loadable}} =
        load([?SAMPLES:counter(#{}), {?OTHER, <<"FOR1 no code">>}]),
    ?assertNot(erlang:module_loaded(?CLASS)).

subclass_actors_get_inherited_fields() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    {ok, _} = load([?SAMPLES:counter(#{module => 'bt@user@TSub', name => 'TSub', super => ?CLASS, fields => [],
                                       inherited => "'bt@user@TCounter'"})]),
    Actor = beamtalk_actor:start('bt@user@TSub', #{}),
    {ok, #{migrated := 1}} =
        load([?SAMPLES:counter(#{fields => [{value, <<"Integer">>, "0"}, {log, nil, "[inherited]"}]})]),
    ?assertEqual([inherited], field(Actor, log)).

value_that_does_not_fit_is_refused() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    {ok, _} = load([?SAMPLES:counter(#{module => ?OTHER, name => 'TOther'})]),
    Actor = spawn_actor(),
    {error, #{kind := migration_failed, message := Message}} =
        load([?SAMPLES:counter(#{step => "4", fields => [{value, <<"TOther">>, "0"}]})]),
    ?assertMatch({match, _}, re:run(Message, "'value' is now TOther")),
    ?assertEqual(1, send(Actor, bump)).

a_check_looks_at_values() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    {ok, _} = load([?SAMPLES:counter(#{module => ?OTHER, name => 'TOther'})]),
    Actor = spawn_actor(),
    Retyped = ?SAMPLES:counter(#{step => "4", fields => [{value, <<"TOther">>, "0"}]}),
    {error, #{message := Message}} = beamtalk_workspace_loader:check(?SAMPLES:request([Retyped])),
    ?assertMatch({match, _}, re:run(Message, "'value' is now TOther, and 0 is none")),
    Patch = ?SAMPLES:patch("State", 'TCounter'),
    {ok, #{warnings := [Warning]}} = beamtalk_workspace_loader:check(?SAMPLES:request([Retyped, Patch])),
    ?assertEqual(<<"the patch of TCounter was not tried on its 1 living actor">>, Warning),
    ?assertEqual(1, send(Actor, bump)).

busy_actor_is_waited_for() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    Self = self(),
    spawn(fun() -> Self ! {slow, send(Actor, slow)} end),
    timer:sleep(50),
    {ok, #{migrated := 1}} =
        load([?SAMPLES:counter(#{fields => [{value, <<"Integer">>, "0"}, {log, nil, "[]"}]})]),
    receive {slow, done} -> ok after 2000 -> error(no_answer) end,
    ?assertEqual([], field(Actor, log)).

old_code_in_use_refuses_and_kills_nothing() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    Block = send(Actor, block),
    {ok, _} = load([?SAMPLES:counter(#{step => "2"})]),
    ?assertEqual(1, Block()),
    Again = load([?SAMPLES:counter(#{step => "3"})]),
    case beamtalk_workspace_blocks:are_counted() of
        true ->
            {error, #{kind := old_code_in_use}} = Again,
            ?assertEqual(1, Block()),
            ?assertEqual(2, send(Actor, bump));
        false ->
            {ok, _} = Again,
            ?assertError({badfun, Block}, Block()),
            ?assertEqual(3, send(Actor, bump))
    end.

check_changes_nothing() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    {ok, #{migrated := 1}} = beamtalk_workspace_loader:check(?SAMPLES:request(
        [?SAMPLES:counter(#{step => "9", fields => [{value, <<"Integer">>, "0"}, {log, nil, "[]"}]})])),
    ?assertEqual(1, send(Actor, bump)),
    ?assertEqual(absent, field(Actor, log)).

changed() ->
    ?SAMPLES:request([?SAMPLES:counter(#{step => "100", fields => [{value, <<"Integer">>, "0"}, {log, nil, "[]"}]})]).

staged_load_can_be_aborted() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    {ok, Token, _} = beamtalk_workspace_loader:stage(changed(), self()),
    ok = beamtalk_workspace_loader:abort(Token),
    ?assertEqual(1, send(Actor, bump)),
    {ok, Again, _} = beamtalk_workspace_loader:stage(changed(), self()),
    {ok, _} = beamtalk_workspace_loader:commit(Again, none),
    ?assertEqual(101, send(Actor, bump)).

staged_load_of_dead_owner_is_undone() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    Owner = spawn(fun() -> receive stop -> ok end end),
    {ok, _, _} = beamtalk_workspace_loader:stage(changed(), Owner),
    exit(Owner, kill),
    ?assertEqual(1, send(Actor, bump)),
    ?assertEqual(absent, field(Actor, log)).

killed_load_is_undone() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    {ok, Token, _} = beamtalk_workspace_loader:stage(changed(), self()),
    exit(Token, kill),
    {ok, #{loaded := []}} = load([?SAMPLES:counter(#{})]),
    ?assertEqual(1, send(Actor, bump)).

loads_are_one_after_the_other() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    {ok, Token, _} = beamtalk_workspace_loader:stage(changed(), self()),
    Self = self(),
    spawn(fun() -> Self ! {second, load([?SAMPLES:counter(#{step => "1000"})])} end),
    receive {second, _} -> error(too_early) after 100 -> ok end,
    {ok, _} = beamtalk_workspace_loader:commit(Token, none),
    receive {second, {ok, _}} -> ok after 3000 -> error(no_answer) end,
    ?assertEqual(1000, send(Actor, bump)).

load_inside_a_migration_is_refused() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    Patch = ?SAMPLES:patch("{error, P} = beamtalk_workspace_loader:load(#{modules => []}), "
                           "State#{value => maps:get(kind, P)}", 'TCounter'),
    {ok, #{migrated := 1}} = load([?SAMPLES:counter(#{step => "6"}), Patch]),
    ?assertEqual(load_in_progress, send(Actor, value)).

with_log() ->
    ?SAMPLES:counter(#{step => "100", fields => [{value, <<"Integer">>, "0"}, {log, nil, "[]"}]}).

others_go_on_while_one_is_busy() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Busy = spawn_actor(),
    Other = spawn_actor(),
    spawn(fun() -> send(Busy, slow) end),
    timer:sleep(50),
    Self = self(),
    spawn(fun() -> Self ! {load, load([with_log()])} end),
    Waits = waits(Other, erlang:monotonic_time(millisecond) + 200, []),
    receive {load, {ok, #{migrated := 2}}} -> ok after 5000 -> error(no_answer) end,
    ?assert(lists:max(Waits) < 150).

waits(Actor, Until, Waits) ->
    Before = erlang:monotonic_time(millisecond),
    _ = send(Actor, value),
    Now = erlang:monotonic_time(millisecond),
    timer:sleep(1),
    case Now < Until of
        true -> waits(Actor, Until, [Now - Before | Waits]);
        false -> [Now - Before | Waits]
    end.

messages_wait_for_the_new_state() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    {ok, Token, _} = beamtalk_workspace_loader:stage(?SAMPLES:request([with_log()]), self()),
    Self = self(),
    spawn(fun() -> Self ! {bumped, send(Actor, bump)} end),
    {_, _, Pid} = Actor,
    Pid ! {'$gen_cast', {'$bt', bump, []}},
    receive {bumped, _} -> error(too_early) after 100 -> ok end,
    {ok, _} = beamtalk_workspace_loader:commit(Token, none),
    receive {bumped, _} -> ok after 1000 -> error(no_answer) end,
    ?assertEqual(200, send(Actor, value)),
    ?assertEqual([], field(Actor, log)).

%% A process in the code before keeps it from being purged: what cannot be undone is said.
code_that_is_run_cannot_be_put_back() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = spawn_actor(),
    {Runner, Monitor} = spawn_monitor(fun() -> exit({ended, ?CLASS:linger()}) end),
    timer:sleep(20),
    Patch = ?SAMPLES:patch("error(State)", 'TCounter'),
    {error, #{kind := not_restored, message := Message, hint := Hint}} = load([with_log(), Patch]),
    ?assertMatch({match, _}, re:run(Message, "^nothing was loaded: the migration of #Actor<TCounter,.* failed: .*; "
                                             "but the new code stays, because the code before could not be put back "
                                             "for TCounter: <0\\.[0-9.]+> runs TCounter>>linger [^,]*$")),
    ?assertMatch({match, _}, re:run(Hint, "load the earlier source again")),
    %% The actor has what the code that stays needs, and nobody was ended.
    ?assertEqual(100, send(Actor, bump)),
    ?assertEqual([], field(Actor, log)),
    Runner ! go,
    receive {'DOWN', Monitor, process, _, Reason} -> ?assertEqual({ended, lingered}, Reason) end,
    {ok, _} = load([?SAMPLES:counter(#{})]),
    ?assertEqual(101, send(Actor, bump)).

actors_that_wait_for_one_another_end_first() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    [A, B] = [spawn_actor() || _ <- [a, b]],
    Self = self(),
    spawn(fun() -> Self ! {asked, beamtalk_send:send(A, 'ask:', [B])} end),
    timer:sleep(10),
    {ok, #{migrated := 2}} = load([with_log()]),
    receive {asked, 1} -> ok after 1000 -> error(no_answer) end,
    ?assertEqual([1, 0], [send(B, value), send(A, value)]).

an_actor_killed_in_its_message_keeps_nobody() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    {_, _, Pid} = Dying = spawn_actor(),
    Actor = spawn_actor(),
    spawn(fun() -> catch send(Dying, slow) end),
    spawn(fun() -> timer:sleep(100), exit(Pid, kill) end),
    timer:sleep(20),
    {ok, #{}} = load([with_log()]),
    ?assertEqual(100, send(Actor, bump)).

%% Steps are 1 in each version: the sum says how many messages were carried out.
nothing_is_lost_under_traffic() ->
    Version = fun(Round) ->
        Name = list_to_atom("log" ++ integer_to_list(Round)),
        ?SAMPLES:counter(#{fields => [{value, <<"Integer">>, "0"}, {Name, nil, integer_to_list(Round)}]})
    end,
    {ok, _} = load([Version(0)]),
    Actors = [spawn_actor() || _ <- lists:seq(1, 20)],
    Senders = [spawn_monitor(fun() -> exit({sent, bump_until_told(Actors, 0)}) end) || _ <- lists:seq(1, 3)],
    _ = [{ok, #{migrated := 20}} = load([Version(Round)]) || Round <- lists:seq(1, 10)],
    _ = [Pid ! stop || {Pid, _} <- Senders],
    Sent = lists:sum([receive {'DOWN', Monitor, process, _, {sent, Count}} -> Count end || {_, Monitor} <- Senders]),
    ?assertEqual(Sent, lists:sum([send(Actor, value) || Actor <- Actors])),
    ?assertEqual([10], lists:usort([field(Actor, log10) || Actor <- Actors])).

bump_until_told([Actor | More], Count) ->
    receive stop -> Count
    after 0 ->
        _ = send(Actor, bump),
        bump_until_told(More ++ [Actor], Count + 1)
    end.

actors_that_begin_meanwhile_get_the_field() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    _ = [spawn_actor() || _ <- lists:seq(1, 500)],
    Self = self(),
    Spawner = spawn(fun() -> Self ! {began, spawn_until_told([])} end),
    {ok, _} = load([with_log()]),
    Spawner ! stop,
    New = receive {began, Began} -> Began end,
    ?assertEqual([[]], lists:usort([field(Actor, log) || Actor <- [spawn_actor() | New]])).

spawn_until_told(Actors) ->
    receive stop -> Actors
    after 0 -> spawn_until_told([spawn_actor() | Actors])
    end.

many_actors_migrate() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actors = [spawn_actor() || _ <- lists:seq(1, 2000)],
    {ok, #{migrated := 2000}} =
        load([?SAMPLES:counter(#{fields => [{value, <<"Integer">>, "0"}, {log, nil, "[]"}]})]),
    ?assertEqual([[]], lists:usort([field(Actor, log) || Actor <- Actors])).

wait_until(Test) -> wait_until(Test, 400).

wait_until(_Test, 0) -> error(never);
wait_until(Test, Left) ->
    case Test() of
        true -> ok;
        false -> timer:sleep(5), wait_until(Test, Left - 1)
    end.
