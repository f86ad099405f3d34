%% @doc Supervisors: OTP supervisors described by a class's methods. A supervisor runs under its
%% module's name, so that there is one of each class on a node.
-module(beamtalk_supervisor).
-behaviour(supervisor).

-export(['class supervise'/1, 'class current'/1]).
-export([children/1, 'which:'/2, 'terminate:'/2, count/1, stop/1, isAlive/1, pid/1]).
-export([start_link/1, start_by_method/2, child_reference/2, failure/2, process/2]).
-export([init/1]).

-define(LIMIT, 30000).

-type reference_() :: {'$supervisor', module(), pid()}.
-export_type([reference_/0]).

%% Starts the class's supervisor, or answers the one that runs.
-spec 'class supervise'(beamtalk_class:class_object()) -> map().
'class supervise'({'$class', Module} = Class) ->
    case 'class current'(Class) of
        nil -> start(Class, Module);
        Running -> beamtalk_result:ok(Running)
    end.

start(Class, Module) ->
    case start_apart(Module) of
        {ok, Pid} ->
            Supervisor = {'$supervisor', Module, Pid},
            beamtalk_send:send(Class, 'initialize:', [Supervisor]),
            beamtalk_result:ok(Supervisor);
        {error, {already_started, Pid}} ->
            beamtalk_result:ok({'$supervisor', Module, Pid});
        {error, Reason} ->
            beamtalk_result:error(failure(Module, Reason))
    end.

%% The supervisor must outlive the process that asks for it, and its failure to start must not
%% end that process: one in between is its parent for that moment.
start_apart(Module) ->
    Asker = self(),
    Tag = make_ref(),
    {_, Monitor} = spawn_monitor(fun() ->
        process_flag(trap_exit, true),
        Asker ! {Tag, start_unlinked(Module)}
    end),
    receive
        {Tag, Result} ->
            erlang:demonitor(Monitor, [flush]),
            Result;
        {'DOWN', Monitor, _, _, Reason} ->
            {error, Reason}
    end.

start_unlinked(Module) ->
    try start_link(Module) of
        {ok, Pid} ->
            unlink(Pid),
            {ok, Pid};
        Other ->
            Other
    catch
        Class:Reason:Stack -> {error, {'$bt_init', beamtalk_exception:from(Class, Reason, Stack)}}
    end.

%% For supervisors above this one, of Beamtalk, Erlang or Elixir. What the class answers is asked
%% in the caller's process.
-spec start_link(module()) -> supervisor:startlink_ret().
start_link(Module) ->
    supervisor:start_link({local, Module}, ?MODULE, description(Module)).

description(Module) ->
    case beamtalk_class:inherits(Module, 'bt@stdlib@DynamicSupervisor') of
        true -> {flags(Module, simple_one_for_one), [dynamic_child(Module)]};
        false -> {flags(Module, strategy(Module)), static_children(Module)}
    end.

flags(Module, Strategy) ->
    #{
        strategy => Strategy,
        intensity => ask(Module, maxRestarts),
        period => ask(Module, restartWindow)
    }.

strategy(Module) ->
    case ask(Module, strategy) of
        oneForOne -> one_for_one;
        oneForAll -> one_for_all;
        restForOne -> rest_for_one;
        Other -> beamtalk_exception:type_error(beamtalk_class:name(Module), strategy, <<"#oneForOne, #oneForAll or #restForOne">>, Other)
    end.

static_children(Module) ->
    case ask(Module, children) of
        Children when is_list(Children) ->
            [beamtalk_supervision_spec:child_spec(Child) || Child <- Children];
        #{'__class__' := 'bt@stdlib@Array', elements := Elements} ->
            [beamtalk_supervision_spec:child_spec(Child) || Child <- tuple_to_list(Elements)];
        Other ->
            beamtalk_exception:type_error(beamtalk_class:name(Module), children, <<"a List">>, Other)
    end.

dynamic_child(Module) ->
    {'$class', Child} = Class = ask(Module, childClass),
    Restart = beamtalk_send:send(Class, supervisionPolicy, []),
    #{
        id => beamtalk_class:name(Child),
        start => {beamtalk_actor, start_link, [Child]},
        restart => Restart,
        shutdown => 5000,
        type => worker,
        modules => [beamtalk_actor_server, Child]
    }.

ask(Module, Selector) -> beamtalk_send:send({'$class', Module}, Selector, []).

-spec init({supervisor:sup_flags(), [supervisor:child_spec()]}) ->
    {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init({Flags, Children}) ->
    {ok, {Flags, Children}}.

%% A child that a class method makes: an actor, linked to the supervisor that runs this.
-spec start_by_method(module(), atom()) -> {ok, pid()} | {error, term()}.
start_by_method(Module, Method) ->
    try ask(Module, Method) of
        {'$actor', _, Pid} when is_pid(Pid) ->
            link(Pid),
            {ok, Pid};
        {'$supervisor', _, Pid} ->
            link(Pid),
            {ok, Pid};
        Other ->
            {error, {no_actor, Other}}
    catch
        Class:Reason:Stack -> {error, {'$bt_init', beamtalk_exception:from(Class, Reason, Stack)}}
    end.

%% The error of a start, with that of the child that failed inside.
-spec failure(module(), term()) -> beamtalk_exception:exception().
failure(Module, Reason) ->
    case cause(Reason) of
        {exception, Exception} ->
            Exception;
        Other ->
            Name = beamtalk_class:name(Module),
            {Why, Hint} = why(Other),
            beamtalk_exception:make(
                instantiation_error,
                Name,
                supervise,
                [atom_to_binary(Name), <<" could not be started: ">>, Why],
                Hint,
                Other
            )
    end.

%% What OTP finds wrong with what the class answers, in the class's words.
why({start_spec, {duplicate_child_name, Id}}) ->
    {[<<"two children have the id ">>, beamtalk_print:brief(Id)],
        <<"Give each an id of its own: Worker supervisionSpec withId: #other">>};
why({start_spec, {invalid_restart_type, Restart}}) ->
    {expected(<<"a child's restart">>, <<"#permanent, #transient or #temporary">>, Restart), nil};
why({start_spec, {invalid_shutdown, Shutdown}}) ->
    {expected(<<"a child's shutdown">>, <<"milliseconds">>, Shutdown), nil};
why({supervisor_data, {invalid_intensity, Count}}) ->
    {expected(<<"maxRestarts">>, <<"an Integer of at least 0">>, Count), nil};
why({supervisor_data, {invalid_period, Seconds}}) ->
    {expected(<<"restartWindow">>, <<"an Integer of at least 1">>, Seconds), nil};
why(Other) ->
    {beamtalk_print:brief(Other), nil}.

expected(What, Expected, Got) -> [What, <<" must be ">>, Expected, <<", got ">>, beamtalk_print:brief(Got)].

cause({'$bt_init', Exception}) -> {exception, Exception};
cause({shutdown, Reason}) -> cause(Reason);
cause({failed_to_start_child, _Id, Reason}) -> cause(Reason);
cause({'EXIT', Reason}) -> cause(Reason);
cause(Reason) -> Reason.

-spec 'class current'(beamtalk_class:class_object()) -> reference_() | nil.
'class current'({'$class', Module}) ->
    case whereis(Module) of
        undefined -> nil;
        Pid -> {'$supervisor', Module, Pid}
    end.

%%% Instance side

%% The ids of the children, in the order in which they were started.
-spec children(reference_()) -> [term()].
children(Supervisor) ->
    [Id || {Id, _, _, _} <- lists:reverse(which_children(Supervisor, children))].

%% The living child of a class: of several the one that was started first.
-spec 'which:'(reference_(), term()) -> map().
'which:'(Supervisor, Class) ->
    case find(Supervisor, 'which:', Class) of
        {_, Pid} when is_pid(Pid) -> beamtalk_result:ok(child_reference(child_class(Class, Pid), Pid));
        _ -> no_child('which:', Class)
    end.

%% Ends a child; it is not started again.
-spec 'terminate:'(reference_(), term()) -> map().
'terminate:'(Supervisor, Class) ->
    case find(Supervisor, 'terminate:', Class) of
        {Id, _} ->
            _ = supervisor:terminate_child(process(Supervisor, 'terminate:'), Id),
            beamtalk_result:ok(nil);
        none ->
            no_child('terminate:', Class)
    end.

find(Supervisor, Selector, {'$class', Module}) ->
    Children = lists:reverse(which_children(Supervisor, Selector)),
    Exact = [{Id, Pid} || {Id, Pid, _, Modules} <- Children, is_of(Module, Id, Pid, Modules)],
    case Exact of
        [Found | _] -> Found;
        [] -> none
    end;
find(Supervisor, Selector, Id) ->
    case [Pid || {I, Pid, _, _} <- which_children(Supervisor, Selector), I =:= Id] of
        [Pid | _] -> {Id, Pid};
        [] -> none
    end.

is_of(Module, Id, Pid, Modules) ->
    lists:member(Module, modules(Modules)) orelse
        (is_pid(Pid) andalso beamtalk_living_actors:module_of(Pid) =:= Module) orelse
        (is_pid(Pid) andalso whereis(Module) =:= Pid) orelse Id =:= beamtalk_class:name(Module).

modules(dynamic) -> [];
modules(Modules) -> Modules.

child_class({'$class', Module}, _Pid) -> Module;
child_class(_Id, Pid) -> beamtalk_living_actors:module_of(Pid).

%% A child as an object: an actor, a supervisor, or the bare pid of an Erlang process.
-spec child_reference(module() | undefined, pid()) -> term().
child_reference(undefined, Pid) -> Pid;
child_reference(Module, Pid) ->
    case beamtalk_class:kind(Module) of
        supervisor -> {'$supervisor', Module, Pid};
        _ -> {'$actor', Module, Pid}
    end.

no_child(Selector, Class) ->
    Message = [<<"No child ">>, beamtalk_print:print_string(Class)],
    beamtalk_result:error(beamtalk_exception:make(not_found, 'Supervisor', Selector, Message, nil, Class)).

-spec count(reference_()) -> non_neg_integer().
count(Supervisor) ->
    Counts = supervisor:count_children(process(Supervisor, count)),
    proplists:get_value(active, Counts).

%% Ends the supervisor and all its children, the last started first.
-spec stop(reference_()) -> nil.
stop({'$supervisor', _, Pid}) ->
    try
        gen_server:stop(Pid, shutdown, ?LIMIT)
    catch
        exit:_ -> ok
    end,
    nil.

-spec isAlive(reference_()) -> boolean().
isAlive({'$supervisor', _, Pid}) -> beamtalk_pid:isAlive(Pid).

-spec pid(reference_()) -> pid().
pid({'$supervisor', _, Pid}) -> Pid.

which_children(Supervisor, Selector) ->
    supervisor:which_children(process(Supervisor, Selector)).

%% The supervisor's process, which must be alive.
-spec process(reference_(), atom()) -> pid().
process({'$supervisor', Module, Pid} = Supervisor, Selector) ->
    case isAlive(Supervisor) of
        true -> Pid;
        false -> erlang:error(beamtalk_actor_send:dead(Module, Selector, noproc))
    end.
