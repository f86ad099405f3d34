%% @doc Which actors live on this node, and of which classes. Each actor enters itself; one that is
%% killed cannot take itself out: readers skip the dead, and the registry, which owns the table,
%% sweeps them. Runs in any process; where the runtime is not started there are no actors.
%%
%% While classes change, their actors can be kept from beginning to live: `watch/1' notes who begins from
%% then on, `shut/0' has others wait before they have data, `put_off/0' has those begin later who started
%% them go on, `open/0' lets all begin.
-module(beamtalk_living_actors).

-export([new/0, started/2, stopped/1, all/0, module_of/1, sweep/0, watch/1, shut/0, put_off/0, open/0]).

-define(TABLE, ?MODULE).
%% Those about to begin, `{Pid, Module}', and those that began during a change, `{Pid, Module, begun}'.
-define(BEGINNING, beamtalk_beginning_actors).
%% The key of `{?GATE, Holder, Modules, watched | shut | put_off}'.
-define(GATE, gate).
%% How often who waits looks whether it may begin.
-define(LOOK, 5).

%% Makes the tables; they belong to the caller.
-spec new() -> ok.
new() ->
    _ = [Name = ets:new(Name, [set, named_table, public, {write_concurrency, true}]) || Name <- [?TABLE, ?BEGINNING]],
    ok.

%% Called by the actor itself, before it has data; waits while its class changes. `later' where it is to
%% ask again after it has said that it started.
-spec started(pid(), module()) -> ok | later.
started(Pid, Module) ->
    try
        case enter(Pid, Module) of
            later -> later;
            _ -> beamtalk_system_announcer:actor_started(Pid, Module)
        end
    catch
        error:badarg -> ok
    end.

%% Whoever shuts the gate waits for those who have found it open.
enter(Pid, Module) ->
    ets:insert(?BEGINNING, {Pid, Module}),
    case gate(Module) of
        open ->
            ets:insert(?TABLE, {Pid, Module}),
            ets:delete(?BEGINNING, Pid);
        watched ->
            ets:insert(?TABLE, {Pid, Module}),
            ets:insert(?BEGINNING, {Pid, Module, begun});
        shut ->
            ets:delete(?BEGINNING, Pid),
            timer:sleep(?LOOK),
            enter(Pid, Module);
        put_off ->
            ets:delete(?BEGINNING, Pid),
            later
    end.

gate(Module) ->
    case ets:lookup(?TABLE, ?GATE) of
        [] -> open;
        [{?GATE, Holder, Modules, How}] ->
            IsConcerned = lists:any(fun(Each) -> lists:member(Each, Modules) end, beamtalk_class:ancestors(Module)),
            case IsConcerned andalso is_process_alive(Holder) of
                false -> open;
                true when How =:= watched -> watched;
                %% The change may need actors itself: it would wait for what waits for it.
                true -> case is_of_change(get('$ancestors')) of true -> open; false -> How end
            end
    end.

is_of_change([Name | _]) when is_atom(Name), Name =/= undefined ->
    is_of_change([whereis(Name)]);
is_of_change([Parent | _]) when is_pid(Parent), node(Parent) =:= node() ->
    case process_info(Parent, dictionary) of
        {dictionary, Dictionary} -> lists:keymember('$bt_held', 1, Dictionary);
        undefined -> false
    end;
is_of_change(_) -> false.

%% Notes which actors of these classes and their subclasses begin from now on, until `open/0' or the end of
%% the process that calls this.
-spec watch([module()]) -> ok.
watch(Modules) ->
    ets:insert(?TABLE, {?GATE, self(), Modules, watched}),
    ok.

%% Keeps others of them from beginning; answers those that have begun.
-spec shut() -> [{pid(), module()}].
shut() ->
    ets:update_element(?TABLE, ?GATE, {4, shut}),
    begun().

%% Who is about to begin has found the gate open, or will wait; it takes a moment.
begun() ->
    Beginning = ets:tab2list(?BEGINNING),
    case [Pid || {Pid, _} <- Beginning, is_process_alive(Pid)] of
        [] -> [{Pid, Module} || {Pid, Module, begun} <- Beginning, is_process_alive(Pid)];
        _ -> erlang:yield(), begun()
    end.

%% Lets whoever starts an actor go on before the actor begins: they may run the code that is to go.
-spec put_off() -> ok.
put_off() ->
    ets:update_element(?TABLE, ?GATE, {4, put_off}),
    ok.

%% Lets those begin that wait.
-spec open() -> ok.
open() ->
    ets:delete(?TABLE, ?GATE),
    ets:match_delete(?BEGINNING, {'_', '_', begun}),
    ok.

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
        _ -> undefined
    catch
        error:badarg -> undefined
    end.

%% Forgets the dead.
-spec sweep() -> ok.
sweep() ->
    _ = [ets:delete(Table, Pid) || Table <- [?TABLE, ?BEGINNING], Entry <- ets:tab2list(Table),
                                   Pid <- [element(1, Entry)], is_pid(Pid), not is_process_alive(Pid)],
    ok.
