%% @doc Which actors live on this node, and of which classes. Each actor enters itself; one that is
%% killed cannot take itself out: readers skip the dead, and the registry, which owns the table,
%% sweeps them. Runs in any process; where the runtime is not started there are no actors.
-module(beamtalk_living_actors).

-export([new/0, started/2, stopped/1, all/0, module_of/1, sweep/0]).

-define(TABLE, ?MODULE).

%% Makes the table; it belongs to the caller.
-spec new() -> ok.
new() ->
    ?TABLE = ets:new(?TABLE, [set, named_table, public, {write_concurrency, true}]),
    ok.

%% Called by the actor itself.
-spec started(pid(), module()) -> ok.
started(Pid, Module) ->
    try
        ets:insert(?TABLE, {Pid, Module}),
        beamtalk_system_announcer:actor_started(Pid, Module)
    catch
        error:badarg -> ok
    end.

-spec stopped(pid()) -> ok.
stopped(Pid) ->
    try
        ets:delete(?TABLE, Pid),
        ok
    catch
        error:badarg -> ok
    end.

%% All living actors with the modules of their classes.
-spec all() -> [{pid(), module()}].
all() ->
    try
        [Entry || {Pid, _} = Entry <- ets:tab2list(?TABLE), is_process_alive(Pid)]
    catch
        error:badarg -> []
    end.

%% The class's module of a process that is an actor.
-spec module_of(pid()) -> module() | undefined.
module_of(Pid) ->
    try ets:lookup(?TABLE, Pid) of
        [{_, Module}] -> Module;
        [] -> undefined
    catch
        error:badarg -> undefined
    end.

%% Forgets the dead.
-spec sweep() -> ok.
sweep() ->
    _ = [ets:delete(?TABLE, Pid) || {Pid, _} <- ets:tab2list(?TABLE), not is_process_alive(Pid)],
    ok.
