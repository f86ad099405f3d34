%% @doc Brings another node up to date: carries out there, in order, the loads that it missed, sends it
%% the code that it lacks, and waits until it has done the same for this node. Runs in a process of
%% its own, which tells `beamtalk_workspace_cluster' how far it is.
-module(beamtalk_workspace_update).

-export([start/3, lacking/1, lost/1, unload/2, living/1]).

-define(LIMIT, 60000).
-define(PAUSE, 5).

%% @doc Starts an update. The caller gets `{Pid, sent, Node, Count}' when the node has what it missed,
%% and `{Pid, ended, Node, ok | {error, Reason} | unreachable}'.
-spec start(node(), [beamtalk_workspace_missed:load()], #{module() => integer()}) -> pid().
start(Node, Missed, Live) ->
    Cluster = self(),
    spawn(fun() -> Cluster ! {self(), ended, Node, run(Cluster, Node, Missed, Live)} end).

run(Cluster, Node, Missed, Live) ->
    case net_kernel:connect_node(Node) of
        true -> updated(Cluster, Node, Missed, Live);
        _ -> unreachable
    end.

%% What is done of an update that fails is known there by its identity, and not done again.
updated(Cluster, Node, Missed, Live) ->
    try
        {ok, _} = there(Node, application, ensure_all_started, [beamtalk_workspace]),
        case first_error([fun() -> send_lacking(Node) end, fun() -> send_lost(Node, Live) end | [fun() -> replay(Node, Each) end || Each <- Missed]]) of
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

replay(Node, #{unloaded := Modules, time := Time}) ->
    there(Node, ?MODULE, unload, [Modules, Time]);
replay(Node, #{forgotten := Modules, time := Time}) ->
    case there(Node, ?MODULE, living, [Modules]) of
        [] ->
            Parts = [part(Module, File, Beam)
                     || Module <- Modules, {ok, File, Beam} <- [beamtalk_workspace_code:object_code(Module)]],
            load(Node, #{id => beamtalk_workspace_loads:new_id(), time => Time, modules => Parts, replay => true});
        Living ->
            {error, text("it was away for more loads than are kept, and has living actors of ~ts: stop these",
                         [lists:join(", ", [atom_to_binary(Class) || Class <- Living])])}
    end;
replay(Node, #{id := Id} = Load) ->
    case there(Node, beamtalk_workspace_loads, status, [Id]) of
        loaded -> ok;
        staged -> timer:sleep(?PAUSE), replay(Node, Load);
        unknown -> load(Node, (maps:with([id, time, modules, gone], Load))#{replay => true})
    end.

load(Node, Request) ->
    case there(Node, beamtalk_workspace_loader, load, [Request]) of
        {ok, #{loaded := Loaded}} ->
            logger:notice("The node ~ts was sent ~b modules that it lacked", [Node, length(Loaded)]),
            ok;
        {error, #{message := Message}} -> {error, Message}
    end.

%% What the node lacks altogether it has no actors of: it gets the newest, and then what it missed.
send_lacking(Node) ->
    Code = beamtalk_workspace_code:all(),
    Lacking = there(Node, ?MODULE, lacking, [[Module || {Module, _, _} <- Code]]),
    case [part(Module, File, Beam) || {Module, File, Beam} <- Code, lists:member(Module, Lacking)] of
        [] -> ok;
        Parts -> load(Node, #{modules => Parts, undated => true, parts => true})
    end.

%% Live changes that it had before it started again, and that no file of its holds, as they are here now.
send_lost(_Node, Live) when map_size(Live) =:= 0 ->
    ok;
send_lost(Node, Live) ->
    Lost = there(Node, ?MODULE, lost, [maps:keys(Live)]),
    Time = lists:max([0 | [map_get(Module, Live) || Module <- Lost]]),
    Gone = [Module || Module <- Lost, beamtalk_workspace_loads:is_taken_out(Module)],
    case [part(Module, File, Beam) || Module <- Lost -- Gone, erlang:module_loaded(Module),
                                      {ok, File, Beam} <- [beamtalk_workspace_code:object_code(Module)]] of
        [] when Gone =:= [] -> ok;
        Parts ->
            load(Node, #{id => beamtalk_workspace_loads:new_id(), time => Time, modules => Parts, gone => Gone,
                         replay => true, parts => true})
    end.

part(Module, File, Beam) ->
    #{module => Module, file => unicode:characters_to_binary(File), beam => Beam}.

%% @doc Which of the modules this node does not have, and has not taken out either.
-spec lacking([module()]) -> [module()].
lacking(Modules) ->
    [Module || Module <- Modules,
               not (erlang:module_loaded(Module) orelse beamtalk_workspace_loads:is_taken_out(Module))].

%% @doc Which of the modules nobody has brought since this node started.
-spec lost([module()]) -> [module()].
lost(Modules) ->
    [Module || Module <- Modules, not beamtalk_workspace_loads:is_dated(Module)].

%% @doc Which of the modules are those of classes with living actors here; their names.
-spec living([module()]) -> [atom()].
living(Modules) ->
    Living = lists:usort([Module || {_, Module} <- beamtalk_actor:living()]),
    [beamtalk_class:name(Module) || Module <- Modules, lists:member(Module, Living)].

%% @doc Takes classes out of this node that another one took out at that time, while this one was away.
%% A class that has living actors or was loaded since stays.
-spec unload([module()], integer()) -> ok.
unload(Modules, Time) ->
    Living = [Module || {_, Module} <- beamtalk_actor:living()],
    Older = [Module || Module <- Modules, not beamtalk_workspace_loads:is_later(Module, Time)],
    {Kept, Gone} = lists:partition(fun(Module) -> lists:member(Module, Living) end, Older),
    Kept =:= [] orelse
        logger:warning("~tp was taken out elsewhere and stays here: it has living actors", [Kept]),
    ok = beamtalk_workspace_loads:taken_out(beamtalk_workspace_loads:new_id(), Time, Gone),
    beamtalk_workspace_loader:unload(Gone).

text(Format, Arguments) ->
    unicode:characters_to_binary(io_lib:format(Format, Arguments)).
