%% @doc Actors that hibernate between messages, as supervisors of large systems have them: a change of
%% their class finds them like any other, and they hold no old code.
-module(beamtalk_workspace_hibernation_tests).
-include_lib("eunit/include/eunit.hrl").
-compile([export_all, nowarn_export_all]).

-define(CLASS, 'bt@user@TCounter').
-define(SAMPLES, beamtalk_workspace_samples).
-define(MANY, 200).

hibernation_test_() ->
    {setup, fun ?SAMPLES:setup/0, fun ?SAMPLES:cleanup/1,
     [{atom_to_list(Name), {setup, fun() -> ok end, fun(_) -> clean() end, {timeout, 30, fun() -> ?MODULE:Name() end}}}
      || Name <- [new_code_old_state, a_constant_is_added, a_patch_runs_on_all, a_patch_that_fails_changes_none,
                  old_code_is_not_held, a_kept_block_is_kept]]}.

new_code_old_state() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = sleeping(),
    ?assertEqual(1, send(Actor, bump)),
    asleep(Actor),
    {ok, #{migrated := 0}} = load([?SAMPLES:counter(#{step => "10"})]),
    asleep(Actor),
    ?assertEqual(11, send(Actor, bump)).

a_constant_is_added() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = sleeping(),
    1 = send(Actor, bump),
    asleep(Actor),
    {ok, #{migrated := 1}} = load([with_log()]),
    asleep(Actor),
    ?assertEqual([], field(Actor, log)),
    ?assertEqual(101, send(Actor, bump)).

a_patch_runs_on_all() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actors = [sleeping() || _ <- lists:seq(1, ?MANY)],
    [1 = send(Actor, bump) || Actor <- Actors],
    lists:foreach(fun asleep/1, Actors),
    Patch = ?SAMPLES:patch("State#{log := [maps:get(value, State)]}", 'TCounter'),
    {ok, #{migrated := ?MANY}} = load([with_log(), Patch]),
    lists:foreach(fun asleep/1, Actors),
    ?assertEqual([[1]], lists:usort([field(Actor, log) || Actor <- Actors])),
    ?assertEqual([101], lists:usort([send(Actor, bump) || Actor <- Actors])).

a_patch_that_fails_changes_none() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    [First | _] = Actors = [sleeping() || _ <- lists:seq(1, ?MANY)],
    ?assertEqual([1, 2], [send(First, bump), send(First, bump)]),
    lists:foreach(fun asleep/1, Actors),
    Patch = ?SAMPLES:patch("true = maps:get(value, State) < 2, State", 'TCounter'),
    {error, #{kind := migration_failed}} = load([with_log(), Patch]),
    lists:foreach(fun asleep/1, Actors),
    ?assertEqual([absent], lists:usort([field(Actor, log) || Actor <- Actors])),
    ?assertEqual(3, send(First, bump)).

old_code_is_not_held() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = {_, _, Pid} = sleeping(),
    lists:foreach(fun(Step) ->
        asleep(Actor),
        {ok, _} = load([?SAMPLES:counter(#{step => integer_to_list(Step)})]),
        ?assertNot(erlang:check_process_code(Pid, ?CLASS)),
        ?assertNot(erlang:check_old_code(?CLASS))
    end, lists:seq(2, 9)),
    ?assertEqual(9, send(Actor, bump)).

%% A block in the data of one that sleeps counts as anywhere else.
a_kept_block_is_kept() ->
    {ok, _} = load([?SAMPLES:counter(#{})]),
    Actor = sleeping(),
    Block = send(Actor, block),
    _ = sys:replace_state(element(3, Actor), fun(State) -> State#{value := Block} end),
    asleep(Actor),
    {ok, _} = load([?SAMPLES:counter(#{step => "2"})]),
    Again = load([?SAMPLES:counter(#{step => "3"})]),
    case beamtalk_workspace_blocks:are_counted() of
        true ->
            ?assertMatch({error, #{kind := old_code_in_use}}, Again),
            ?assertEqual(1, (send(Actor, value))());
        false -> ?assertMatch({ok, _}, Again)
    end.

with_log() ->
    ?SAMPLES:counter(#{step => "100", fields => [{value, <<"Integer">>, "0"}, {log, nil, "[]"}]}).

load(Codes) ->
    beamtalk_workspace_loader:load(?SAMPLES:request(Codes)).

%% An actor that hibernates whenever it has nothing to do.
sleeping() ->
    Arguments = {?CLASS, #{}, standalone, []},
    {ok, Pid} = gen_server:start(beamtalk_actor_server, Arguments, [{hibernate_after, 0}]),
    Actor = {'$actor', ?CLASS, Pid},
    asleep(Actor),
    Actor.

asleep({_, _, Pid} = Actor) ->
    case process_info(Pid, current_function) of
        {current_function, {erlang, hibernate, 3}} -> ok;
        {current_function, _} -> timer:sleep(1), asleep(Actor)
    end.

send(Actor, Selector) -> beamtalk_send:send(Actor, Selector, []).
field(Actor, Name) -> beamtalk_send:send(Actor, 'field:', [Name]).

clean() ->
    Living = [Pid || {Pid, _} <- beamtalk_actor:living()],
    Monitors = [monitor(process, Pid) || Pid <- Living],
    _ = [exit(Pid, kill) || Pid <- Living],
    [receive {'DOWN', Monitor, process, _, _} -> ok end || Monitor <- Monitors],
    ?SAMPLES:remove(?CLASS).
