-module(beamtalk_workspace_memory_tests).
-include_lib("eunit/include/eunit.hrl").

-export([deep/1]).

%% Why a process that runs the function was stopped; its group leader is the test's own.
stopped(Fun) -> stopped(Fun, fun(Pid) -> Pid end).

stopped(Fun, Watched) ->
    {ok, Guard} = beamtalk_workspace_memory:start_link(),
    Leader = spawn(fun() -> receive stop -> ok end end),
    Pid = spawn_opt(
        fun() ->
            group_leader(Leader, self()),
            receive go -> Fun() end
        end, [beamtalk_workspace_memory:heap_limit()]),
    Monitor = monitor(process, Pid),
    beamtalk_workspace_memory:watch(Watched(Pid), Leader),
    Pid ! go,
    receive {'DOWN', Monitor, process, Pid, Reason} -> ok end,
    Answer = beamtalk_workspace_memory:unwatch(Watched(Pid)),
    exit(Leader, kill),
    gen_server:stop(Guard),
    {Reason, Answer}.

deep(0) -> 0;
deep(N) -> 1 + deep(N + 1).

endless(List) -> endless([1 | List]).

doubled(Binary) -> doubled(<<Binary/binary, Binary/binary>>).

memory_test_() ->
    {timeout, 120, [
        {timeout, 60, fun endless_recursion/0},
        {timeout, 60, fun growing_list/0},
        {timeout, 60, fun growing_binary/0},
        {timeout, 60, fun recursion_of_a_process_beside/0},
        fun small_process/0,
        fun killed_by_others/0,
        fun texts/0
    ]}.

endless_recursion() ->
    {killed, #{kind := stack, is_actor := false, stacktrace := Frames}} = stopped(fun() -> deep(1) end),
    ?assertMatch([{?MODULE, deep, 1, _} | _], Frames).

growing_list() ->
    ?assertMatch({killed, #{kind := memory}}, stopped(fun() -> endless([]) end)).

growing_binary() ->
    ?assertMatch({killed, #{kind := memory}}, stopped(fun() -> doubled(<<"abcdefgh">>) end)).

%% What shares the group leader is watched too; both end.
recursion_of_a_process_beside() ->
    Idle = spawn(fun() -> receive stop -> ok end end),
    Monitor = monitor(process, Idle),
    ?assertMatch({killed, #{kind := stack, is_actor := true}}, stopped(fun() -> deep(1) end, fun(_) -> Idle end)),
    receive {'DOWN', Monitor, process, Idle, Reason} -> ?assertEqual(killed, Reason) end.

small_process() ->
    ?assertEqual({normal, none}, stopped(fun() -> timer:sleep(120) end)).

killed_by_others() ->
    ?assertEqual({killed, none}, stopped(fun() -> exit(self(), kill), timer:sleep(1000) end)).

texts() ->
    Stack = #{kind => stack, bytes => 0, is_actor => true, stacktrace => []},
    ?assertEqual(<<"stopped: endless recursion of an actor, whose calls took more than 100 MB of stack">>,
                 beamtalk_workspace_memory:text(Stack)),
    ?assertEqual(<<"stopped: it used too much memory, 1300 MB">>,
                 beamtalk_workspace_memory:text(Stack#{kind := memory, bytes := 1300 * 1048576})).
