-module(beamtalk_workspace_stopped_tests).
-include_lib("eunit/include/eunit.hrl").

-export([init/1, start_child/0, handle_call/3, handle_cast/2]).

init({supervisor, Strategy, Children}) ->
    {ok, {#{strategy => Strategy, intensity => 0}, Children}};
init(child) ->
    {ok, nothing}.

start_child() ->
    gen_server:start_link(?MODULE, child, []).

handle_call(_, _, State) ->
    {reply, ok, State}.

handle_cast(_, State) ->
    {noreply, State}.

child(Id) ->
    #{id => Id, start => {?MODULE, start_child, []}, restart => permanent}.

supervisor(Strategy, Children) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervisor, Strategy, Children}),
    unlink(Supervisor),
    Supervisor.

permanent_child_test() ->
    Supervisor = supervisor(one_for_all, [child(stays), child(goes)]),
    {_, Goes, _, _} = lists:keyfind(goes, 1, supervisor:which_children(Supervisor)),
    {_, Stays, _, _} = lists:keyfind(stays, 1, supervisor:which_children(Supervisor)),
    ok = beamtalk_workspace_stopped:stop(Goes, 1000),
    ?assertNot(is_process_alive(Goes)),
    ?assertMatch([{stays, Stays, _, _}], supervisor:which_children(Supervisor)),
    ok = gen_server:stop(Supervisor).

child_of_many_test() ->
    Supervisor = supervisor(simple_one_for_one, [child(each)]),
    {ok, Goes} = supervisor:start_child(Supervisor, []),
    {ok, Stays} = supervisor:start_child(Supervisor, []),
    ok = beamtalk_workspace_stopped:stop(Goes, 1000),
    ?assertMatch([{_, Stays, _, _}], supervisor:which_children(Supervisor)),
    ok = gen_server:stop(Supervisor).

%% Who was not started by a supervisor, who is stuck, and who is gone.
others_test() ->
    {ok, Linked} = start_child(),
    unlink(Linked),
    Monitor = monitor(process, Linked),
    ok = beamtalk_workspace_stopped:stop(Linked, 1000),
    receive {'DOWN', Monitor, process, Linked, Reason} -> ?assertEqual(normal, Reason) end,
    ok = beamtalk_workspace_stopped:stop(Linked, 1000),
    Stuck = spawn(timer, sleep, [infinity]),
    Killed = monitor(process, Stuck),
    ok = beamtalk_workspace_stopped:stop(Stuck, 10),
    receive {'DOWN', Killed, process, Stuck, Why} -> ?assertEqual(killed, Why) end.
