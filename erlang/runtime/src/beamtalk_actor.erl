%% @doc Actors as their references stand for them: fields, starting, names, life. All of it runs in the
%% caller's process; `beamtalk_actor_server' is what runs in the actor's, and `beamtalk_actor_send' how
%% messages get there.
-module(beamtalk_actor).

-export([resolve/1, whereis_name/2]).
-export([start/2, start/3, start_link/1, start_link/2, start_link/3, child_spec/1, child_spec/2]).
-export(['class spawn'/1, 'class spawnWith:'/2, 'class spawnOn:'/2, 'class spawnWith:on:'/3]).
-export(['class new'/1, 'class new:'/2, 'class spawnAs:'/2, 'class spawnWith:as:'/3]).
-export(['class named:'/2, 'class allRegistered'/1]).
-export(['registerAs:'/2, unregister/1, registeredName/1, isRegistered/1, 'withTimeout:'/2]).
-export([pid/1, node/1, monitor/1, 'link:'/2, 'onExit:'/2, stop/1, kill/1, isAlive/1, isActor/1]).
-export([field/2, set_field/3, living/0, migrate/2]).

-compile({no_auto_import, [monitor/1, node/1, unregister/1]}).

-type reference_() ::
    {'$actor', module(), pid() | atom() | {atom(), node()}}.
-export_type([reference_/0]).

-define(GATE_LIMIT, 5000).
-define(WHEREIS_LIMIT, 5000).

%% The process of a reference, where there is one. A name of another node is looked up there.
-spec resolve(reference_()) -> pid() | undefined.
resolve({'$actor', _, Pid}) when is_pid(Pid) -> Pid;
resolve({'$actor', _, Name}) when is_atom(Name) -> whereis(Name);
resolve({'$actor', _, {Name, Node}}) -> whereis_name(Name, Node).

%% Who holds a name of a node now.
-spec whereis_name(atom(), node()) -> pid() | undefined.
whereis_name(Name, Node) when Node =:= node() -> whereis(Name);
whereis_name(Name, Node) ->
    try
        erpc:call(Node, erlang, whereis, [Name], ?WHEREIS_LIMIT)
    catch
        error:{erpc, _} -> undefined
    end.

%%% Fields

%% Reads a field in a block that may run elsewhere.
-spec field(reference_(), atom()) -> term().
field({'$actor', Module, _} = Actor, Field) ->
    maps:get(Field, own_state(Actor, Module, Field)).

-spec set_field(reference_(), atom(), term()) -> term().
set_field({'$actor', Module, _} = Actor, Field, Value) ->
    State = own_state(Actor, Module, Field),
    put('$bt_state', State#{Field => Value}),
    Value.

own_state(Actor, Module, Field) ->
    case get('$bt_state') of
        #{'__class__' := _} = State ->
            case resolve(Actor) =:= self() of
                true -> State;
                false -> outside(Module, Field)
            end;
        undefined ->
            outside(Module, Field)
    end.

-spec outside(module(), atom()) -> no_return().
outside(Module, Field) ->
    Name = beamtalk_class:name(Module),
    beamtalk_exception:raise(
        unsupported,
        Name,
        Field,
        [<<"self.">>, atom_to_binary(Field), <<" is used outside of its actor ">>, atom_to_binary(Name)],
        <<"Let the block send a message to the actor instead">>,
        nil
    ).

%%% Starting

%% Starts an actor that nobody is linked to; raises what its initialisation raised.
-spec start(module(), map()) -> reference_().
start(Module, Overrides) -> start(Module, Overrides, []).

-spec start(module(), map(), [{name, atom()}]) -> reference_().
start(Module, Overrides, Options) ->
    Arguments = {Module, Overrides, standalone, Options},
    case gen_server:start(beamtalk_actor_server, Arguments, []) of
        {ok, Pid} -> {'$actor', Module, Pid};
        {error, {shutdown, {'$bt_init', Exception}}} -> erlang:error(Exception);
        {error, Reason} -> erlang:error(beamtalk_actor_server:failed_start(Module, beamtalk_exception:from(exit, Reason)))
    end.

%% For supervisors written in Erlang or Elixir: `{beamtalk_actor, start_link, [Module]}'.
-spec start_link(module()) -> gen_server:start_ret().
start_link(Module) -> start_link(Module, #{}).

-spec start_link(module(), map()) -> gen_server:start_ret().
start_link(Module, Overrides) -> start_link(Module, Overrides, []).

-spec start_link(module(), map(), [{name, atom()}]) -> gen_server:start_ret().
start_link(Module, Overrides, Options) ->
    Arguments = {Module, Overrides, supervised, Options},
    case proplists:get_value(name, Options) of
        undefined -> gen_server:start_link(beamtalk_actor_server, Arguments, []);
        Name -> gen_server:start_link({local, Name}, beamtalk_actor_server, Arguments, [])
    end.

-spec child_spec(module()) -> supervisor:child_spec().
child_spec(Module) -> child_spec(Module, #{}).

-spec child_spec(module(), map()) -> supervisor:child_spec().
child_spec(Module, Overrides) ->
    #{
        id => beamtalk_class:name(Module),
        start => {?MODULE, start_link, [Module, Overrides]},
        restart => beamtalk_send:send({'$class', Module}, supervisionPolicy, []),
        shutdown => 5000,
        type => worker,
        modules => [beamtalk_actor_server, Module]
    }.

%%% Bookkeeping for the workspace

%% All living actors of this node with the modules of their classes.
-spec living() -> [{pid(), module()}].
living() -> beamtalk_living_actors:all().

%% Replaces the state of one actor between two of its messages. `Fun' takes and answers the map.
-spec migrate(pid(), fun((map()) -> map())) -> ok | {error, term()}.
migrate(Pid, Fun) ->
    Guarded = fun(State) ->
        try Fun(State) of
            #{'__class__' := _} = New -> New
        catch
            Class:Reason:Stack -> throw({'$bt_migration', beamtalk_exception:from(Class, Reason, Stack)})
        end
    end,
    try sys:replace_state(Pid, Guarded, 30000) of
        _ -> ok
    catch
        error:{callback_failed, _, {throw, {'$bt_migration', Exception}}} -> {error, Exception};
        Class:Reason:Stack -> {error, beamtalk_exception:from(Class, Reason, Stack)}
    end.

%%% Primitives of the class side

-spec 'class spawn'(beamtalk_class:class_object()) -> reference_().
'class spawn'({'$class', Module} = Class) ->
    check_concrete(Class, spawn),
    start(Module, #{}).

-spec 'class spawnWith:'(beamtalk_class:class_object(), map()) -> reference_().
'class spawnWith:'({'$class', Module} = Class, State) ->
    check_state(Class, 'spawnWith:', State),
    start(Module, State).

-spec 'class spawnOn:'(beamtalk_class:class_object(), node()) -> reference_().
'class spawnOn:'(Class, Node) ->
    'class spawnWith:on:'(Class, #{}, Node).

-spec 'class spawnWith:on:'(beamtalk_class:class_object(), map(), node()) -> reference_().
'class spawnWith:on:'({'$class', Module} = Class, State, Node) when is_atom(Node) ->
    check_state(Class, 'spawnWith:on:', State),
    beamtalk_node:call(Node, ?MODULE, start, [Module, State]);
'class spawnWith:on:'(Class, _State, Other) ->
    beamtalk_exception:type_error(
        beamtalk_class:class_name(Class), 'spawnOn:', <<"a node's name as a Symbol">>, Other
    ).

-spec 'class new'(beamtalk_class:class_object()) -> no_return().
'class new'(Class) -> refuse_new(Class, new).

-spec 'class new:'(beamtalk_class:class_object(), term()) -> no_return().
'class new:'(Class, _State) -> refuse_new(Class, 'new:').

-spec refuse_new(beamtalk_class:class_object(), atom()) -> no_return().
refuse_new({'$class', Module}, Selector) ->
    Name = beamtalk_class:name(Module),
    beamtalk_exception:raise(
        instantiation_error,
        Name,
        Selector,
        [atom_to_binary(Name), <<" is an actor: use spawn instead of ">>, atom_to_binary(Selector)],
        iolist_to_binary([<<"Use ">>, atom_to_binary(Name), <<" spawn">>]),
        nil
    ).

check_concrete({'$class', Module} = Class, Selector) ->
    case lists:member(abstract, maps:get(modifiers, beamtalk_class:meta(Module), [])) of
        true -> beamtalk_value:abstract(Class, Selector);
        false -> ok
    end.

check_state({'$class', Module} = Class, Selector, State) when is_map(State) ->
    check_concrete(Class, Selector),
    case maps:keys(State) -- beamtalk_class:all_fields(Module) of
        [] -> ok;
        [Unknown | _] -> beamtalk_value:unknown_field(Class, Selector, Unknown)
    end;
check_state(Class, Selector, Other) ->
    beamtalk_exception:type_error(
        beamtalk_class:class_name(Class), Selector, <<"a Dictionary">>, Other
    ).

-spec 'class spawnAs:'(beamtalk_class:class_object(), term()) -> map().
'class spawnAs:'({'$class', Module}, Name) -> spawn_named(Module, #{}, Name, 'spawnAs:').

-spec 'class spawnWith:as:'(beamtalk_class:class_object(), map(), term()) -> map().
'class spawnWith:as:'({'$class', Module} = Class, State, Name) ->
    check_state(Class, 'spawnWith:as:', State),
    spawn_named(Module, State, Name, 'spawnWith:as:').

spawn_named(Module, State, Name, Selector) ->
    case beamtalk_actor_name:check(Name, Selector) of
        ok -> start_named(Module, State, Name);
        {error, Exception} -> beamtalk_result:error(Exception)
    end.

start_named(Module, State, Name) ->
    try
        _ = start(Module, State, [{name, Name}]),
        beamtalk_result:ok(beamtalk_actor_name:reference(Module, Name))
    catch
        error:#{kind := name_registered} = Exception -> beamtalk_result:error(Exception)
    end.

-spec 'class named:'(beamtalk_class:class_object(), term()) -> map().
'class named:'({'$class', Module}, Name) -> beamtalk_actor_name:find(Module, Name).

-spec 'class allRegistered'(beamtalk_class:class_object()) -> [reference_()].
'class allRegistered'({'$class', Module}) -> beamtalk_actor_name:all(Module).

%%% Primitives of the instance side

-spec 'registerAs:'(reference_(), term()) -> map().
'registerAs:'(Actor, Name) -> beamtalk_actor_name:register(Actor, Name).

-spec unregister(reference_()) -> term().
unregister(Actor) -> beamtalk_actor_name:unregister(Actor).

-spec registeredName(reference_()) -> atom().
registeredName(Actor) -> beamtalk_actor_name:of_actor(Actor).

-spec isRegistered(reference_()) -> boolean().
isRegistered(Actor) -> beamtalk_actor_name:of_actor(Actor) =/= nil.

-spec 'withTimeout:'(reference_(), term()) -> {'$proxy', reference_(), timeout()}.
'withTimeout:'(Actor, Limit) ->
    {'$proxy', Actor, beamtalk_timer:limit('Actor', 'withTimeout:', Limit)}.

-spec pid(reference_()) -> pid() | nil.
pid(Actor) -> nil_if_undefined(resolve(Actor)).

-spec node(reference_()) -> node() | nil.
node({'$actor', _, Pid}) when is_pid(Pid) -> erlang:node(Pid);
node({'$actor', _, {_, Node}}) -> Node;
node(_) -> erlang:node().

-spec monitor(reference_()) -> reference().
monitor({'$actor', _, To}) -> erlang:monitor(process, To).

%% Ties the lives of two actors: when one ends with an error, so does the other.
-spec 'link:'(reference_(), reference_()) -> reference_().
'link:'({'$actor', Module, _} = Actor, Other) ->
    Partner = resolve(Other),
    case resolve(Actor) of
        Self when Self =:= self() ->
            link_own(Partner);
        Pid when is_pid(Pid), is_pid(Partner) ->
            ok = gen_server:call(Pid, {'$bt_link', Partner});
        _ ->
            erlang:error(beamtalk_actor_send:dead(Module, 'link:', noproc))
    end,
    Actor.

link_own(Partner) ->
    process_flag(trap_exit, true),
    link(Partner).

%% Runs the block with the reason when the actor has ended, in a process of its own.
-spec 'onExit:'(reference_(), fun()) -> ok.
'onExit:'({'$actor', _, To}, Block) when is_function(Block) ->
    Caller = self(),
    Ready = make_ref(),
    Watcher = spawn(fun() -> watch(To, Block, Caller, Ready) end),
    receive
        {Ready, Watcher} -> ok
    end;
'onExit:'(_, Other) ->
    beamtalk_exception:type_error('Actor', 'onExit:', <<"a Block">>, Other).

watch(To, Block, Caller, Ready) ->
    Monitor = erlang:monitor(process, To),
    Caller ! {Ready, self()},
    receive
        {'DOWN', Monitor, _, _, noconnection} -> run_exit_block(Block, node_down);
        {'DOWN', Monitor, _, _, Reason} -> run_exit_block(Block, Reason)
    end.

run_exit_block(Block, _Reason) when is_function(Block, 0) -> Block();
run_exit_block(Block, Reason) -> beamtalk_block:apply(Block, [Reason]).

%% Ends the actor after the messages that it already has; `terminate:' runs. Waits for the end.
%% An actor that stops itself ends after the message that it is working on.
-spec stop(reference_()) -> ok.
stop({'$actor', Module, _} = Actor) ->
    ok = reached(Actor, stop),
    case resolve(Actor) of
        undefined ->
            ok;
        Self when Self =:= self() ->
            put('$bt_stop', true),
            ok;
        Pid ->
            stop_process(Module, Pid)
    end.

stop_process(Module, Pid) ->
    try
        gen_server:stop(Pid, normal, 30000)
    catch
        exit:noproc -> ok;
        exit:{noproc, _} -> ok;
        exit:timeout -> erlang:error(beamtalk_actor_send:timed_out(Module, stop, 30000));
        exit:{{nodedown, _}, _} -> erlang:error(beamtalk_actor_send:dead(Module, stop, noconnection));
        exit:_ -> ok
    end.

%% Whether an actor of a node that is cut off has ended cannot be said.
reached({'$actor', Module, _} = Actor, Selector) ->
    Node = node(Actor),
    case Node =:= erlang:node() orelse beamtalk_node_gate:pass(Node, ?GATE_LIMIT) of
        {error, Why} -> erlang:error(beamtalk_actor_send:dead(Module, Selector, {closed_node, Node, Why}));
        _ -> ok
    end.

%% Ends the process at once and waits until it has ended.
-spec kill(reference_()) -> ok.
kill({'$actor', Module, _} = Actor) ->
    ok = reached(Actor, kill),
    case resolve(Actor) of
        undefined -> ok;
        Pid -> kill_process(Module, Pid)
    end.

kill_process(Module, Pid) ->
    Monitor = erlang:monitor(process, Pid),
    exit(Pid, kill),
    receive
        {'DOWN', Monitor, _, _, noconnection} -> erlang:error(beamtalk_actor_send:dead(Module, kill, noconnection));
        {'DOWN', Monitor, _, _, _} -> beamtalk_living_actors:stopped(Pid)
    end.

-spec isAlive(reference_()) -> boolean().
isAlive(Actor) ->
    case resolve(Actor) of
        undefined -> false;
        Pid -> beamtalk_pid:isAlive(Pid)
    end.

-spec isActor(term()) -> boolean().
isActor({'$actor', _, _}) -> true;
isActor(_) -> false.

nil_if_undefined(undefined) -> nil;
nil_if_undefined(Value) -> Value.
