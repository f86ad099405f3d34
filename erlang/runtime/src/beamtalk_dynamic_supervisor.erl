%% @doc Primitives of `DynamicSupervisor': children of one class, started when they are needed.
-module(beamtalk_dynamic_supervisor).

-export([startChild/1, 'startChild:'/2, 'terminateChild:'/2, children/1]).

-spec startChild(beamtalk_supervisor:reference_()) -> map().
startChild(Supervisor) -> 'startChild:'(Supervisor, #{}).

-spec 'startChild:'(beamtalk_supervisor:reference_(), term()) -> map().
'startChild:'({'$supervisor', Module, _} = Supervisor, State) when is_map(State) ->
    Child = child_module(Module),
    case maps:keys(State) -- beamtalk_class:all_fields(Child) of
        [] -> start(Supervisor, Module, Child, State);
        [Unknown | _] -> refused(Child, Unknown)
    end;
'startChild:'({'$supervisor', Module, _}, Other) ->
    beamtalk_exception:type_error(
        beamtalk_class:name(Module), 'startChild:', <<"a Dictionary of the state">>, Other
    ).

refused(Child, Unknown) ->
    try
        beamtalk_value:unknown_field({'$class', Child}, 'startChild:', Unknown)
    catch
        error:Reason:Stack -> beamtalk_result:error(beamtalk_exception:from(error, Reason, Stack))
    end.

start(Supervisor, Module, Child, State) ->
    case supervisor:start_child(beamtalk_supervisor:process(Supervisor, 'startChild:'), [State]) of
        {ok, Pid} -> beamtalk_result:ok(beamtalk_supervisor:child_reference(Child, Pid));
        {error, Reason} -> beamtalk_result:error(beamtalk_supervisor:failure(Module, Reason))
    end.

-spec 'terminateChild:'(beamtalk_supervisor:reference_(), term()) -> map().
'terminateChild:'(Supervisor, {'$actor', _, _} = Child) ->
    Process = beamtalk_supervisor:process(Supervisor, 'terminateChild:'),
    case beamtalk_actor:isAlive(Child) of
        false -> no_child(Child);
        true -> terminated(supervisor:terminate_child(Process, beamtalk_actor:resolve(Child)), Child)
    end;
'terminateChild:'({'$supervisor', Module, _}, Other) ->
    beamtalk_exception:type_error(
        beamtalk_class:name(Module), 'terminateChild:', <<"an actor">>, Other
    ).

terminated(ok, _) -> beamtalk_result:ok(nil);
terminated({error, _}, Child) -> no_child(Child).

no_child(Child) ->
    Message = [beamtalk_print:print_string(Child), <<" is no child of this supervisor">>],
    beamtalk_result:error(
        beamtalk_exception:make(not_found, 'DynamicSupervisor', 'terminateChild:', Message, nil, Child)
    ).

-spec children(beamtalk_supervisor:reference_()) -> [term()].
children({'$supervisor', Module, _} = Supervisor) ->
    Child = child_module(Module),
    Children = supervisor:which_children(beamtalk_supervisor:process(Supervisor, children)),
    [beamtalk_supervisor:child_reference(Child, Pid) || {_, Pid, _, _} <- Children, is_pid(Pid)].

child_module(Module) ->
    {'$class', Child} = beamtalk_send:send({'$class', Module}, childClass, []),
    Child.
