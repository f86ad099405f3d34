-module(beamtalk_workspace_toolchain_tests).
-include_lib("eunit/include/eunit.hrl").

toolchain_test_() ->
    {foreach,
     fun() -> {ok, Server} = beamtalk_workspace_toolchain:start_link(), unlink(Server), Server end,
     fun(Server) -> gen_server:stop(Server) end,
     [fun(_) -> {Name, Test} end
      || {Name, Test} <- [{"the last one is asked first", fun last_first/0},
                          {"one that says nothing is passed over, and asked last from then on", {timeout, 20, fun silent/0}},
                          {"one that dies with a request", fun dies/0},
                          {"one that is busy is asked where there is no other", {timeout, 20, fun busy/0}},
                          {"one of an earlier version", fun earlier/0}]]}.

last_first() ->
    _ = attached(fun() -> serve(one) end),
    _ = attached(fun() -> serve(two) end),
    ?assertEqual({ok, two}, beamtalk_workspace_toolchain:request({what, nil, []}, 1000)).

silent() ->
    Serves = attached(fun() -> serve(one) end),
    Silent = attached(fun() -> receive never -> ok end end),
    ?assertEqual([Silent, Serves], beamtalk_workspace_toolchain:attached()),
    ?assertEqual({ok, one}, beamtalk_workspace_toolchain:request({what, nil, []}, 1000)),
    ?assertEqual([Serves, Silent], beamtalk_workspace_toolchain:attached()).

%% It may have begun: nobody else is asked.
dies() ->
    _ = attached(fun() -> serve(one) end),
    Dies = attached(fun() ->
        there(),
        receive {request, _, _, _} -> exit(killed) end
    end),
    ?assertEqual({error, {gone, killed}}, beamtalk_workspace_toolchain:request({what, nil, []}, 1000)),
    ?assertNot(lists:member(Dies, beamtalk_workspace_toolchain:attached())).

busy() ->
    _ = attached(fun() -> timer:sleep(2500), serve(one) end),
    ?assertEqual({ok, one}, beamtalk_workspace_toolchain:request({what, nil, []}, 5000)).

earlier() ->
    _ = attached(fun() ->
        receive {request, From, Reference, {there, _, _}} -> From ! {reply, Reference, {error, <<"unknown">>}} end,
        serve(one)
    end),
    ?assertEqual({ok, one}, beamtalk_workspace_toolchain:request({what, nil, []}, 1000)).

attached(Serve) ->
    Pid = spawn(Serve),
    ok = beamtalk_workspace_toolchain:attach(Pid),
    Pid.

there() ->
    receive {request, From, Reference, {there, _, _}} -> From ! {reply, Reference, {ok, #{}}} end.

serve(Answer) ->
    receive
        {request, From, Reference, {there, _, _}} -> From ! {reply, Reference, {ok, #{}}};
        {request, From, Reference, _} -> From ! {reply, Reference, {ok, Answer}}
    end,
    serve(Answer).
