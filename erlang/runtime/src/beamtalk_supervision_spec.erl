%% @doc What a supervisor's children are made from: classes, `SupervisionSpec's and the child
%% specifications of Erlang and Elixir, all as OTP child specifications.
-module(beamtalk_supervision_spec).

-export([childSpec/1, child_spec/1]).

-define(SHUTDOWN, 5000).

%% The primitive: the specification as a dictionary.
-spec childSpec(map()) -> supervisor:child_spec().
childSpec(Spec) -> child_spec(Spec).

-spec child_spec(term()) -> supervisor:child_spec().
child_spec({'$class', Module} = Class) ->
    spec(beamtalk_class:name(Module), Module, policy(Class), #{}, nil, nil, nil);
child_spec(#{'__class__' := 'bt@stdlib@SupervisionSpec', actorClass := {'$class', Module}} = Spec) ->
    #{id := Id, restart := Restart, args := Args, shutdown := Shutdown, classMethod := Method, name := Name} = Spec,
    spec(id(Id, Name, Module), Module, Restart, arguments(Args), Shutdown, Method, Name);
child_spec(#{id := _, start := {_, _, _}} = Spec) when not is_map_key('__class__', Spec) ->
    Spec;
child_spec({_Id, {_, _, _}, _, _, _, _} = Spec) ->
    Spec;
child_spec({Module, Argument}) when is_atom(Module) ->
    Module:child_spec(Argument);
child_spec(Module) when is_atom(Module), Module =/= nil, not is_boolean(Module) ->
    Module:child_spec([]);
child_spec(Other) ->
    beamtalk_exception:type_error(
        'Supervisor', children, <<"classes, SupervisionSpecs or child specifications">>, Other
    ).

id(nil, nil, Module) -> beamtalk_class:name(Module);
id(nil, Name, _) -> Name;
id(Id, _, _) -> Id.

arguments(nil) -> #{};
arguments(Args) when is_map(Args) -> Args;
arguments(Other) ->
    beamtalk_exception:type_error('SupervisionSpec', 'withArgs:', <<"a Dictionary of the state">>, Other).

%% A class that says nothing of its own is restarted: that is why it is put under a supervisor.
policy({'$class', Module} = Class) ->
    case beamtalk_class:definer(Module, 'class supervisionPolicy', 1) of
        'bt@stdlib@Actor' -> permanent;
        _ -> beamtalk_send:send(Class, supervisionPolicy, [])
    end.

spec(Id, Module, Restart, Args, Shutdown, Method, Name) ->
    case beamtalk_class:kind(Module) of
        supervisor ->
            #{
                id => Id,
                start => {beamtalk_supervisor, start_link, [Module]},
                restart => Restart,
                shutdown => infinity,
                type => supervisor,
                modules => [beamtalk_supervisor]
            };
        actor ->
            #{
                id => Id,
                start => start(Module, Args, Method, Name),
                restart => Restart,
                shutdown => shutdown(Shutdown),
                type => worker,
                modules => [beamtalk_actor_server, Module]
            };
        _ ->
            beamtalk_exception:type_error(
                'Supervisor', children, <<"actor and supervisor classes">>, {'$class', Module}
            )
    end.

start(Module, Args, nil, nil) -> {beamtalk_actor, start_link, [Module, Args]};
start(Module, Args, nil, Name) -> {beamtalk_actor, start_link, [Module, Args, [{name, Name}]]};
start(Module, _Args, Method, _Name) -> {beamtalk_supervisor, start_by_method, [Module, Method]}.

shutdown(nil) -> ?SHUTDOWN;
shutdown(Milliseconds) -> Milliseconds.
