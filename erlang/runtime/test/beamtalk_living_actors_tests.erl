-module(beamtalk_living_actors_tests).
-include_lib("eunit/include/eunit.hrl").

-define(CLASS, 'bt@stdlib@Actor').
-define(OTHER, 'bt@stdlib@Object').

gate_test_() ->
    {setup,
     fun() -> {ok, Started} = application:ensure_all_started(beamtalk_runtime), Started end,
     fun(Started) -> _ = [application:stop(Each) || Each <- lists:reverse(Started)], ok end,
     [fun waits_until_open/0, fun begun_while_watched/0, fun ends_with_its_process/0, fun change_needs_actors/0,
      fun put_off_until_open/0]}.

waits_until_open() ->
    ok = beamtalk_living_actors:watch([?CLASS]),
    [] = beamtalk_living_actors:shut(),
    Waits = begins(?CLASS),
    Other = begins(?OTHER),
    ?assert(has_begun(Other)),
    ?assertNot(lists:keymember(Waits, 1, beamtalk_living_actors:all())),
    ?assertEqual(undefined, beamtalk_living_actors:module_of(Waits)),
    ok = beamtalk_living_actors:open(),
    ?assert(has_begun(Waits)),
    ?assertEqual(?CLASS, beamtalk_living_actors:module_of(Waits)),
    gone([Waits, Other]).

begun_while_watched() ->
    Before = begins(?CLASS),
    ?assert(has_begun(Before)),
    ok = beamtalk_living_actors:watch([?CLASS]),
    Meanwhile = begins(?CLASS),
    ?assert(has_begun(Meanwhile)),
    ?assertEqual([{Meanwhile, ?CLASS}], beamtalk_living_actors:shut()),
    %% Where it is tried again, those are still known.
    ok = beamtalk_living_actors:watch([?CLASS]),
    ?assertEqual([{Meanwhile, ?CLASS}], beamtalk_living_actors:shut()),
    ok = beamtalk_living_actors:open(),
    ok = beamtalk_living_actors:watch([?CLASS]),
    ?assertEqual([], beamtalk_living_actors:shut()),
    ok = beamtalk_living_actors:open(),
    gone([Before, Meanwhile]).

ends_with_its_process() ->
    {Holder, Monitor} = spawn_monitor(fun() ->
        ok = beamtalk_living_actors:watch([?CLASS]),
        [] = beamtalk_living_actors:shut()
    end),
    receive {'DOWN', Monitor, process, Holder, normal} -> ok end,
    Begins = begins(?CLASS),
    ?assert(has_begun(Begins)),
    ok = beamtalk_living_actors:open(),
    gone([Begins]).

%% A default that spawns, say.
change_needs_actors() ->
    ok = beamtalk_living_actors:watch([?CLASS]),
    [] = beamtalk_living_actors:shut(),
    put('$bt_held', true),
    Begins = begins(?CLASS),
    ?assert(has_begun(Begins)),
    erase('$bt_held'),
    ok = beamtalk_living_actors:open(),
    gone([Begins]).

%% Who starts the actor goes on; the actor has its data with the first message.
put_off_until_open() ->
    ok = beamtalk_living_actors:watch([?CLASS]),
    [] = beamtalk_living_actors:shut(),
    ok = beamtalk_living_actors:put_off(),
    {'$actor', _, Actor} = Reference = beamtalk_actor:start('bt@stdlib@ClassBuilder', #{className => 'Late'}),
    ?assertEqual(undefined, beamtalk_living_actors:module_of(Actor)),
    Test = self(),
    spawn_link(fun() -> Test ! {answer, beamtalk_send:send(Reference, 'fieldAt:', [className])} end),
    spawn_link(fun() -> timer:sleep(50), Test ! open, ok = beamtalk_living_actors:open() end),
    receive open -> ok; {answer, _} -> error(too_early) end,
    receive {answer, Name} -> ?assertEqual('Late', Name) end,
    ?assertEqual('bt@stdlib@ClassBuilder', beamtalk_living_actors:module_of(Actor)),
    gen_server:stop(Actor).

begins(Module) ->
    Test = self(),
    proc_lib:spawn(fun() ->
        ok = beamtalk_living_actors:started(self(), Module),
        Test ! {begun, self()},
        receive go -> ok end
    end).

has_begun(Pid) ->
    receive {begun, Pid} -> true
    after 5000 -> false
    end.

gone(Pids) ->
    _ = [begin M = monitor(process, Pid), Pid ! go, receive {'DOWN', M, _, _, _} -> ok end end || Pid <- Pids],
    ok = beamtalk_living_actors:sweep().
