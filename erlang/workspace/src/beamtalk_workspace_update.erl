%% @doc Brings another node up to date: carries out there, in order, the loads that it missed, sends it
%% the code that it lacks, and waits until it has done the same for this node. Runs in a process of
%% its own, which tells `beamtalk_workspace_cluster' how far it is.
-module(beamtalk_workspace_update).

-export([start/2, tell_flushed/0, lacking/1, unload/3, living/1]).

-define(LIMIT, 60000).
-define(PAUSE, 5).

%% @doc Starts an update. The caller gets `{Pid, sent, Node, Count}' when the node has what it missed,
%% and `{Pid, ended, Node, ok | {error, Reason} | unreachable}'.
-spec start(node(), [beamtalk_workspace_missed:load()]) -> pid().
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
        case first_error([fun() -> send_lacking(Node) end, fun() -> send_flushed(Node) end | [fun() -> replay(Node, Each) end || Each <- Missed]]) of
            ok ->
                Cluster ! {self(), sent, Node, length(Missed)},
                Both = both(there(Node, beamtalk_workspace_cluster, await, [node(), ?LIMIT])),
                ok = erpc:cast(Node, beamtalk_workspace_merge, run, []),
                Both;
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

replay(Node, #{unloaded := Modules, time := Time} = Load) ->
    there(Node, ?MODULE, unload, [Modules, Time, telling(Load)]);
replay(Node, #{forgotten := Modules, time := Time} = Load) ->
    case there(Node, ?MODULE, living, [Modules]) of
        [] ->
            Parts = [part(Module, File, Beam)
                     || Module <- Modules, {ok, File, Beam} <- [beamtalk_workspace_code:object_code(Module)]],
            load(Node, #{id => beamtalk_workspace_loads:new_id(), time => Time, modules => Parts, replay => true,
                         telling => telling(Load)});
        Living ->
            {error, text("it was away for more loads than are kept, and has living actors of ~ts: stop these",
                         [lists:join(", ", [atom_to_binary(Class) || Class <- Living])])}
    end;
replay(Node, #{id := Id} = Load) ->
    case there(Node, beamtalk_workspace_loads, status, [Id]) of
        loaded -> ok;
        staged -> timer:sleep(?PAUSE), replay(Node, Load);
        unknown -> load(Node, (maps:with([id, time, modules, gone, bases], Load))#{replay => true, telling => telling(Load)})
    end.

%% What is in force here by now of the texts that a load was about.
telling(Load) ->
    beamtalk_workspace_changes:told(maps:get(paths, Load, [])).

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
        Parts ->
            Telling = beamtalk_workspace_changes:told(beamtalk_workspace_changes:paths_of(Lacking)),
            load(Node, #{modules => Parts, undated => true, parts => true, telling => Telling})
    end.

%% Changes that are in files which the node has, too.
send_flushed(Node) ->
    {Root, Keys} = beamtalk_workspace_changes:flushed(),
    case there(Node, beamtalk_workspace_changes, written, [Root, Keys]) of
        ok -> ok;
        {error, Reason} -> {error, text("its log of changes cannot be written: ~tp", [Reason])}
    end.

%% @doc Tells the others that are there of changes that were written to files. Those that are away hear it
%% when they are back.
-spec tell_flushed() -> ok.
tell_flushed() ->
    _ = spawn(fun() -> lists:foreach(fun told_flushed/1, beamtalk_workspace_cluster:up(cluster)) end),
    ok.

told_flushed(Node) ->
    try send_flushed(Node) of
        _ -> ok
    catch
        error:{erpc, _} -> ok
    end.

part(Module, File, Beam) ->
    #{module => Module, file => unicode:characters_to_binary(File), beam => Beam}.

%% @doc Which of the modules this node does not have, and has not taken out either.
-spec lacking([module()]) -> [module()].
lacking(Modules) ->
    [Module || Module <- Modules,
               not (erlang:module_loaded(Module) orelse beamtalk_workspace_loads:is_taken_out(Module))].

%% @doc Which of the modules are those of classes with living actors here; their names.
-spec living([module()]) -> [atom()].
living(Modules) ->
    Living = lists:usort([Module || {_, Module} <- beamtalk_actor:living()]),
    [beamtalk_class:name(Module) || Module <- Modules, lists:member(Module, Living)].

%% @doc Takes classes out of this node that another one took out at that time, while this one was away.
%% A class that has living actors or was loaded since stays.
-spec unload([module()], integer(), beamtalk_workspace_shared:told()) -> ok | {error, binary()}.
unload(Modules, Time, Telling) ->
    Living = [Module || {_, Module} <- beamtalk_actor:living()],
    Older = [Module || Module <- Modules, not beamtalk_workspace_loads:is_later(Module, Time)],
    case lists:partition(fun(Module) -> lists:member(Module, Living) end, Older) of
        {[], Gone} -> taken_out(Gone, Time, Telling);
        {Kept, Gone} ->
            logger:warning("~tp was taken out elsewhere and stays here: it has living actors", [Kept]),
            taken_out(Gone, Time)
    end.

taken_out(Modules, Time, Telling) ->
    case beamtalk_workspace_changes:record(#{told => {beamtalk_workspace_changes:local(Telling), Time}}) of
        {ok, _, _} -> taken_out(Modules, Time);
        {error, Reason} ->
            #{message := Message} = beamtalk_workspace_problem:not_recorded(Reason),
            {error, Message}
    end.

taken_out(Modules, Time) ->
    ok = beamtalk_workspace_loads:taken_out(beamtalk_workspace_loads:new_id(), Time, Modules),
    beamtalk_workspace_loader:unload(Modules).

text(Format, Arguments) ->
    unicode:characters_to_binary(io_lib:format(Format, Arguments)).
