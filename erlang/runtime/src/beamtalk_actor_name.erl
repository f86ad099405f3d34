%% @doc Names of actors: registered as Erlang registers processes, checked so that no name of the
%% system can be taken. Everything answers a `Result' or the error that goes into one.
-module(beamtalk_actor_name).

-export([check/2, taken/2, reference/2, register/2, unregister/1, of_actor/1, find/2, all/1]).

-compile({no_auto_import, [register/2, unregister/1]}).

%% May the term become an actor's name, as the method of that selector asks?
-spec check(term(), atom()) -> ok | {error, beamtalk_exception:exception()}.
check(Name, Selector) when is_atom(Name) ->
    case {is_reserved(Name), whereis(Name)} of
        {true, _} -> {error, reserved(Name, Selector)};
        {false, undefined} -> ok;
        {false, Pid} -> {error, holder(Name, Pid, Selector)}
    end;
check(Other, Selector) ->
    {error, no_symbol(Other, Selector)}.

no_symbol(Other, Selector) ->
    Message = [
        <<"Actor>>">>, atom_to_binary(Selector), <<" expects a Symbol, got ">>,
        atom_to_binary(beamtalk_class:class_name(Other))
    ],
    beamtalk_exception:make(type_error, 'Actor', Selector, Message, nil, Other).

is_reserved(Name) when is_boolean(Name); Name =:= nil; Name =:= undefined -> true;
is_reserved(Name) ->
    lists:member(Name, [
        init, kernel_sup, kernel_safe_sup, kernel_refc, code_server, file_server_2, error_logger, erl_prim_loader,
        logger, logger_sup, logger_handler_watcher, logger_std_h_default, logger_proxy, rex, user,
        user_drv, standard_error, standard_error_sup, net_kernel, net_sup, auth, erl_epmd,
        erl_signal_server, global_name_server, global_group, inet_db, application_controller, erts_code_purger,
        socket_registry, timer_server, beamtalk_runtime_sup, beamtalk_registry, beamtalk_workspace_sup
    ]).

%% A name that an actor holds can be had once that ends; a process of the system keeps its own.
holder(Name, Pid, Selector) ->
    case beamtalk_living_actors:module_of(Pid) of
        undefined -> reserved(Name, Selector);
        _ -> taken(Name, Selector)
    end.

reserved(Name, Selector) ->
    failure(reserved_name, Selector, Name, <<" is a name of the system">>).

-spec taken(atom(), atom()) -> beamtalk_exception:exception().
taken(Name, Selector) ->
    failure(name_registered, Selector, Name, <<" is already registered">>).

failure(Kind, Selector, Name, Text) ->
    Message = [beamtalk_print:symbol(Name), Text],
    beamtalk_exception:make(Kind, 'Actor', Selector, Message, nil, Name).

%% The reference that looks the name up at each send. It says on which node, so that it stays the same
%% actor's when it is passed to another one; a node without distribution has no name to say.
-spec reference(module(), atom()) -> beamtalk_actor:reference_().
reference(Module, Name) ->
    case is_alive() of
        true -> {'$actor', Module, {Name, node()}};
        false -> {'$actor', Module, Name}
    end.

%% An actor's name is one of its own node, whoever asks for it.
-spec register(beamtalk_actor:reference_(), term()) -> map().
register(Actor, Name) ->
    case beamtalk_actor:node(Actor) =:= node() of
        true -> register_here(Actor, Name);
        false -> register_there(Actor, Name)
    end.

register_there(Actor, Name) ->
    try
        beamtalk_node:call(beamtalk_actor:node(Actor), ?MODULE, register, [Actor, Name])
    catch
        error:#{'__class__' := _} = Exception -> beamtalk_result:error(Exception)
    end.

register_here({'$actor', Module, _} = Actor, Name) ->
    case {check(Name, 'registerAs:'), beamtalk_actor:resolve(Actor)} of
        {{error, Exception}, _} -> beamtalk_result:error(Exception);
        {ok, undefined} -> dead(Module);
        {ok, Pid} -> register_process(Module, Name, Pid)
    end.

register_process(Module, Name, Pid) ->
    try
        rename(Name, Pid),
        beamtalk_result:ok(reference(Module, Name))
    catch
        error:badarg ->
            case is_process_alive(Pid) of
                true -> beamtalk_result:error(taken(Name, 'registerAs:'));
                false -> dead(Module)
            end
    end.

%% A process has one name in Erlang: a new one takes the place of the old.
rename(Name, Pid) ->
    case erlang:process_info(Pid, registered_name) of
        {registered_name, Old} ->
            erlang:unregister(Old),
            erlang:register(Name, Pid);
        _ ->
            erlang:register(Name, Pid)
    end.

dead(Module) ->
    Name = beamtalk_class:name(Module),
    beamtalk_result:error(
        beamtalk_exception:make(
            actor_dead, Name, 'registerAs:', [atom_to_binary(Name), <<" is not alive">>], nil, nil
        )
    ).

%% Gives the name back, where the actor has one.
-spec unregister(beamtalk_actor:reference_()) -> ok.
unregister(Actor) ->
    case beamtalk_actor:node(Actor) of
        Node when Node =:= node() -> unregister_name(of_actor(Actor));
        Node -> beamtalk_node:call(Node, ?MODULE, unregister, [Actor])
    end.

unregister_name(Name) ->
    try erlang:unregister(Name) of
        true -> ok
    catch
        error:badarg -> ok
    end.

%% The actor's name; nil where it has none, or its node is lost.
-spec of_actor(beamtalk_actor:reference_()) -> atom().
of_actor(Actor) ->
    case beamtalk_actor:node(Actor) of
        Node when Node =:= node() -> name_of(beamtalk_actor:resolve(Actor));
        Node -> name_there(Node, Actor)
    end.

name_there(Node, Actor) ->
    try
        beamtalk_node:call(Node, ?MODULE, of_actor, [Actor])
    catch
        error:#{kind := node_down} -> nil
    end.

name_of(undefined) ->
    nil;
name_of(Pid) ->
    case erlang:process_info(Pid, registered_name) of
        {registered_name, Name} -> Name;
        _ -> nil
    end.

%% The actor of that name as a reference that looks the name up at each send.
-spec find(module(), term()) -> map().
find(Module, Name) when is_atom(Name) ->
    case whereis(Name) of
        undefined -> not_registered(Name);
        Pid -> of_class(Module, Name, beamtalk_living_actors:module_of(Pid))
    end;
find(_Module, Other) ->
    beamtalk_result:error(no_symbol(Other, 'named:')).

not_registered(Name) ->
    beamtalk_result:error(failure(name_not_registered, 'named:', Name, <<" is not registered">>)).

of_class(_Module, Name, undefined) ->
    beamtalk_result:error(failure(wrong_class, 'named:', Name, <<" is the name of a process that is no actor">>));
of_class(Module, Name, Actual) ->
    case beamtalk_class:inherits(Actual, Module) of
        true ->
            beamtalk_result:ok(reference(Actual, Name));
        false ->
            Text = [
                <<" is a ">>, atom_to_binary(beamtalk_class:name(Actual)), <<", not a ">>,
                atom_to_binary(beamtalk_class:name(Module))
            ],
            beamtalk_result:error(failure(wrong_class, 'named:', Name, Text))
    end.

%% All named actors of a class or its subclasses.
-spec all(module()) -> [beamtalk_actor:reference_()].
all(Module) ->
    [
        reference(Actual, Name)
     || Name <- lists:sort(registered()),
        Pid <- [whereis(Name)],
        is_pid(Pid),
        Actual <- [beamtalk_living_actors:module_of(Pid)],
        Actual =/= undefined,
        beamtalk_class:inherits(Actual, Module)
    ].
