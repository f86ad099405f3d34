%% @doc A group leader for one test: passes on what the test prints, and marks by its being the
%% group leader all processes that the test spawned.
-module(beamtalk_test_output).

-export([start/0, stop/1]).

%% @doc A new group leader that prints where the caller's own does.
-spec start() -> pid().
start() ->
    Target = group_leader(),
    spawn(fun() -> loop(Target) end).

%% @doc Ends the group leader once what it was given has been passed on.
-spec stop(pid()) -> ok.
stop(Leader) ->
    Monitor = monitor(process, Leader),
    Leader ! {stop, self()},
    receive
        {'DOWN', Monitor, process, Leader, _} -> ok
    after 1000 ->
        demonitor(Monitor, [flush]),
        exit(Leader, kill),
        ok
    end.

%% Requests keep their sender and reference, so the target answers the sender itself.
loop(Target) ->
    receive
        {stop, _From} ->
            ok;
        {io_request, _, _, _} = Request ->
            Target ! Request,
            loop(Target);
        _Other ->
            loop(Target)
    end.
