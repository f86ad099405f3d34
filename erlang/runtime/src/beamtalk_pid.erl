%% @doc Primitives of `Pid'.
-module(beamtalk_pid).

-export([isAlive/1, kill/1, 'exit:'/2, 'send:'/2, node/1]).

-compile({no_auto_import, [node/1]}).

-spec isAlive(pid()) -> boolean().
isAlive(Pid) when erlang:node(Pid) =:= erlang:node() -> is_process_alive(Pid);
isAlive(Pid) -> beamtalk_node:is_process_alive(Pid).

%% Ends the process at once; answers whether it was alive.
-spec kill(pid()) -> boolean().
kill(Pid) ->
    Monitor = erlang:monitor(process, Pid),
    exit(Pid, kill),
    receive
        {'DOWN', Monitor, _, _, Reason} when Reason =:= noproc; Reason =:= noconnection -> false;
        {'DOWN', Monitor, _, _, _} -> true
    end.

-spec 'exit:'(pid(), term()) -> boolean().
'exit:'(Pid, Reason) -> exit(Pid, Reason).

%% A raw Erlang message.
-spec 'send:'(pid(), term()) -> term().
'send:'(Pid, Message) -> Pid ! Message.

-spec node(pid()) -> node().
node(Pid) -> erlang:node(Pid).
