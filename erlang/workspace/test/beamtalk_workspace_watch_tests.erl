%% @doc A client hears of what changes in the node, and of nothing twice.
-module(beamtalk_workspace_watch_tests).
-include_lib("eunit/include/eunit.hrl").

watch_test_() ->
    {setup,
     fun() -> {ok, Started} = application:ensure_all_started(beamtalk_workspace), Started end,
     fun(Started) -> [application:stop(Each) || Each <- lists:reverse(Started)] end,
     [{timeout, 20, fun describes_classes/0},
      {timeout, 20, fun values_of_a_class/0},
      {timeout, 20, fun tells_of_bindings_once/0},
      {timeout, 20, fun ends_with_its_client/0}]}.

describes_classes() ->
    {module, _} = code:ensure_loaded('bt@stdlib@Integer'),
    ?assertEqual(nil, beamtalk_workspace_watch:class(<<"no class of this name, ever">>)),
    #{name := <<"Integer">>, super := <<"Number">>, methods := Methods} =
        beamtalk_workspace_watch:class(<<"Integer">>),
    ?assert(lists:any(fun(#{selector := Selector}) -> Selector =:= <<"isEven">> end, Methods)).

values_of_a_class() ->
    ?assert(is_list(beamtalk_workspace_watch:classes())),
    ?assertEqual(nil, beamtalk_workspace_watch:values(<<"no class of this name, ever">>)),
    ?assertEqual(#{class_state => [], actors => []}, beamtalk_workspace_watch:values(<<"Integer">>)).

tells_of_bindings_once() ->
    {ok, Watch} = beamtalk_workspace_watch:start(self()),
    beamtalk_workspace_globals:bind(watched_name, 1),
    ?assertEqual([bindings], heard(Watch)),
    receive {request, Watch, _, Again} -> error({told_twice, Again}) after 1500 -> ok end,
    exit(Watch, kill).

ends_with_its_client() ->
    Client = spawn(fun() -> receive stop -> ok end end),
    {ok, Watch} = beamtalk_workspace_watch:start(Client),
    Monitor = monitor(process, Watch),
    Client ! stop,
    receive {'DOWN', Monitor, process, Watch, Reason} -> ?assertEqual(normal, Reason) end.

heard(Watch) ->
    receive
        {request, Watch, Reference, {node_changed, #{others := Others}}} ->
            Watch ! {reply, Reference, {ok, ok}},
            Others
    after 5000 -> error(nothing_heard)
    end.
