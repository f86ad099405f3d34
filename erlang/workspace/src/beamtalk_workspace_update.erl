%% @doc Brings another node up to date: carries out there, in order, the loads that it missed, sends it
%% the code that it lacks, and waits until it has done the same for this node. Runs in a process of
%% its own, which tells `beamtalk_workspace_cluster' how far it is.
-module(beamtalk_workspace_update).

-export([start/2, lacking/1, unload/1]).

-define(LIMIT, 60000).
-define(PAUSE, 5).

%% @doc Starts an update. The caller gets `{Pid, sent, Node, Count}' when the node has what it missed,
%% and `{Pid, ended, Node, ok | {error, Reason} | unreachable}'.
-spec start(node(), [beamtalk_workspace_cluster:missed()]) -> pid().
start(Node, Missed) ->
    Cluster = self(),
    spawn(fun() -> Cluster ! {self(), ended, Node, run(Cluster, Node, Missed)} end).

run(Cluster, Node, Missed) ->
    case net_kernel:connect_node(Node) of
        true -> updated(Cluster, Node, Missed);
        _ -> unreachable
    end.

%% What is done of an update that fails is known there by its identity, and not done again.
updated(Cluster, Node, Missed) ->
    try
        {ok, _} = there(Node, application, ensure_all_started, [beamtalk_workspace]),
        case first_error([fun() -> send_lacking(Node) end | [fun() -> replay(Node, Each) end || Each <- Missed]]) of
            ok ->
                Cluster ! {self(), sent, Node, length(Missed)},
                both(there(Node, beamtalk_workspace_cluster, await, [node(), ?LIMIT]));
            {error, Reason} -> {error, Reason}
        end
    catch
        error:{erpc, noconnection} -> unreachable;
        Class:Problem -> {error, text("~tp:~tp", [Class, Problem])}
    end.

both(ok) -> ok;
both({error, Reason}) -> {error, text("it cannot bring this node up to date: ~ts", [Reason])}.

first_error([]) ->
    ok;
first_error([Step | More]) ->
    case Step() of
        ok -> first_error(More);
        {error, Reason} -> {error, Reason}
    end.

there(Node, Module, Function, Arguments) ->
    erpc:call(Node, Module, Function, Arguments, ?LIMIT).

replay(Node, #{unloaded := Modules}) ->
    there(Node, ?MODULE, unload, [Modules]);
replay(Node, #{id := Id} = Load) ->
    case there(Node, beamtalk_workspace_loads, status, [Id]) of
        loaded -> ok;
        staged -> timer:sleep(?PAUSE), replay(Node, Load);
        unknown -> load(Node, Load#{replay => true})
    end.

load(Node, Request) ->
    case there(Node, beamtalk_workspace_loader, load, [Request]) of
        {ok, #{loaded := Loaded}} ->
            logger:notice("The node ~ts was sent ~b modules that it lacked", [Node, length(Loaded)]),
            ok;
        {error, #{message := Message}} -> {error, Message}
    end.

%% What the node lacks altogether it has no actors of: it gets the newest.
send_lacking(Node) ->
    Code = beamtalk_workspace_code:all(),
    Lacking = there(Node, ?MODULE, lacking, [[Module || {Module, _, _} <- Code]]),
    case [#{module => Module, file => unicode:characters_to_binary(File), beam => Beam}
          || {Module, File, Beam} <- Code, lists:member(Module, Lacking)] of
        [] -> ok;
        Parts -> load(Node, #{modules => Parts})
    end.

%% @doc Which of the modules this node does not have.
-spec lacking([module()]) -> [module()].
lacking(Modules) ->
    [Module || Module <- Modules, not erlang:module_loaded(Module)].

%% @doc Takes classes out of this node that another one took out while this one was away. A class with
%% living actors stays.
-spec unload([module()]) -> ok.
unload(Modules) ->
    Living = [Module || {_, Module} <- beamtalk_actor:living()],
    {Kept, Gone} = lists:partition(fun(Module) -> lists:member(Module, Living) end, Modules),
    Kept =:= [] orelse
        logger:warning("~tp was taken out elsewhere and stays here: it has living actors", [Kept]),
    beamtalk_workspace_loader:unload(Gone).

text(Format, Arguments) ->
    unicode:characters_to_binary(io_lib:format(Format, Arguments)).
