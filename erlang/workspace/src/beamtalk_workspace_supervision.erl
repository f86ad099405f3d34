%% @doc The supervisors of the workspace's program. Runs in the caller's process.
-module(beamtalk_workspace_supervision).

-export([running/0, trees/0, of_project/0, start/1, stop/1]).

-define(NAME, 'WorkspaceInterface').

%% @doc The supervisors that run, by the names of their classes.
-spec running() -> [tuple()].
running() ->
    [Current || Class <- classes(), {'$supervisor', _, _} = Current <- [current(Class)]].

classes() ->
    [{'$class', Module} || #{module := Module} <- beamtalk_workspace_info:classes(), is_supervisor(Module)].

is_supervisor(Module) ->
    beamtalk_class:inherits(Module, 'bt@stdlib@Supervisor')
        orelse beamtalk_class:inherits(Module, 'bt@stdlib@DynamicSupervisor').

current(Class) ->
    beamtalk_send:send(Class, current, []).

%% @doc Each running supervisor that no other one holds, with what is below it:
%% `#{process, children}' where `children' are such maps again.
-spec trees() -> [map()].
trees() ->
    All = [tree(Supervisor) || Supervisor <- running()],
    Below = lists:append([processes(Children) || #{children := Children} <- All]),
    [Tree || #{process := Process} = Tree <- All, not lists:member(Process, Below)].

processes(Trees) ->
    lists:append([[Process | processes(Children)] || #{process := Process, children := Children} <- Trees]).

tree({'$supervisor', _, Pid} = Supervisor) ->
    Children = [tree(child(Id, Child)) || {Id, Child, _, _} <- supervisor:which_children(Pid), is_pid(Child)],
    #{process => Supervisor, children => lists:reverse(Children)};
tree(Process) ->
    #{process => Process, children => []}.

%% A supervisor is no actor: it is known by the name of its class.
child(Id, Pid) ->
    case {beamtalk_living_actors:module_of(Pid), is_atom(Id) andalso beamtalk_registry:lookup(Id)} of
        {undefined, {ok, Module}} -> beamtalk_supervisor:child_reference(Module, Pid);
        {Module, _} -> beamtalk_supervisor:child_reference(Module, Pid)
    end.

%% @doc The supervisor at the top of the program's processes; nil where none runs.
-spec of_project() -> tuple() | nil.
of_project() ->
    case trees() of
        [#{process := Process} | _] -> Process;
        [] -> nil
    end.

%% @doc Starts a supervisor, if it does not run, and answers it.
-spec start(term()) -> tuple().
start({'$class', Module} = Class) ->
    is_supervisor(Module) orelse not_one('startSupervisor:', Class),
    beamtalk_send:send(beamtalk_send:send(Class, supervise, []), unwrap, []);
start(Other) ->
    not_one('startSupervisor:', Other).

%% @doc Stops a running supervisor.
-spec stop(term()) -> nil.
stop({'$class', Module} = Class) ->
    is_supervisor(Module) orelse not_one('stopSupervisor:', Class),
    case current(Class) of
        nil ->
            beamtalk_exception:raise(not_found, ?NAME, 'stopSupervisor:',
                                     [atom_to_binary(beamtalk_class:name(Module)), <<" does not run">>], nil);
        Supervisor -> beamtalk_send:send(Supervisor, stop, [])
    end;
stop(Other) ->
    not_one('stopSupervisor:', Other).

-spec not_one(atom(), term()) -> no_return().
not_one(Selector, Value) ->
    beamtalk_exception:type_error(?NAME, Selector, <<"a Supervisor class">>, Value).
