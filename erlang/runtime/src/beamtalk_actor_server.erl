%% @doc The `gen_server' callbacks of every actor; they run in the actor's process.
%%
%% The server's state is the map of the actor's data with the tag of its class. While a message
%% runs it is in the process dictionary under `$bt_state', where compiled methods read and write
%% it; a message that raises leaves the state of before.
-module(beamtalk_actor_server).

%% The tag of a call tells who expects an answer, opaque as it is.
-dialyzer({no_opaque, refuse/3}).
-behaviour(gen_server).

-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3]).
-export([format_status/1, failed_start/2, begun/2]).

-spec init({module(), map(), standalone | supervised, [{name, atom()}]}) ->
    {ok, map()} | {stop, term()}.
init({Module, Overrides, Mode, Options}) ->
    put('$initial_call', {Module, init, 1}),
    Mode =:= supervised andalso process_flag(trap_exit, true),
    case claim_name(Mode, Options) of
        ok -> initialise(Module, Overrides);
        {error, Exception} -> {stop, {shutdown, {'$bt_init', Exception}}}
    end.

claim_name(standalone, [{name, Name}]) ->
    try register(Name, self()) of
        true -> ok
    catch
        error:badarg -> {error, beamtalk_actor_name:taken(Name, 'spawnAs:')}
    end;
claim_name(_, _) ->
    ok.

%% Known before it has data: a change of the class that comes in between finds it.
initialise(Module, Overrides) ->
    case beamtalk_living_actors:started(self(), Module) of
        ok -> with_data(Module, Overrides);
        later ->
            ok = beamtalk_actor_turn:put_off(Overrides),
            {ok, #{'__class__' => Module}}
    end.

%% @doc The data of an actor that was put off, where it may begin by now; it ends where it cannot.
-spec begun(module(), map()) -> {ok, map()} | later.
begun(Module, Overrides) ->
    case beamtalk_living_actors:started(self(), Module) of
        later -> later;
        ok ->
            case with_data(Module, Overrides) of
                {ok, State} -> {ok, State};
                {stop, Reason} -> exit(Reason)
            end
    end.

with_data(Module, Overrides) ->
    Self = {'$actor', Module, self()},
    put('$bt_chain', [self()]),
    try
        State = maps:merge(Module:'$defaults'(), Overrides),
        put('$bt_state', State#{'__class__' => Module}),
        run_initializers(lists:reverse(beamtalk_class:ancestors(Module)), Self),
        check_initialised(Module, get('$bt_state'))
    of
        Final ->
            erase('$bt_state'),
            {ok, Final}
    catch
        Class:Reason:Stack ->
            beamtalk_living_actors:stopped(self()),
            Exception = beamtalk_exception:from(Class, Reason, Stack),
            {stop, {shutdown, {'$bt_init', failed_start(Module, Exception)}}}
    end.

%% Each class's own `initialize', from the top down.
run_initializers(Modules, Self) ->
    lists:foreach(
        fun(Module) ->
            case erlang:function_exported(Module, initialize, 1) of
                true -> Module:initialize(Self);
                false -> nil
            end
        end,
        Modules
    ).

check_initialised(Module, State) ->
    Required = lists:append([
        maps:get(uninitialized, beamtalk_class:meta(M), [])
     || M <- beamtalk_class:ancestors(Module)
    ]),
    case [Field || Field <- lists:usort(Required), is_unset(Field, State)] of
        [] -> State;
        Missing -> erlang:error(uninitialised(Module, Missing))
    end.

is_unset(Field, State) -> maps:get(Field, State, nil) =:= nil.

uninitialised(Module, Missing) ->
    Name = beamtalk_class:name(Module),
    beamtalk_exception:make(
        'bt@stdlib@UninitializedStateError',
        instantiation_error,
        Name,
        spawn,
        [
            atom_to_binary(Name), <<" has typed state that is not initialized: ">>,
            lists:join(<<", ">>, [atom_to_binary(Field) || Field <- Missing])
        ],
        <<"Give it a default, or set it in initialize">>,
        Missing
    ).

%% Why an actor could not be started, with the error that stopped it under `details'.
-spec failed_start(module(), beamtalk_exception:exception()) -> beamtalk_exception:exception().
failed_start(_Module, #{'__class__' := 'bt@stdlib@UninitializedStateError'} = Exception) ->
    beamtalk_exception:remote(Exception);
failed_start(Module, #{stack_trace := Stack} = Exception) ->
    Name = beamtalk_class:name(Module),
    Failure = beamtalk_exception:make(
        instantiation_error,
        Name,
        spawn,
        [
            <<"Cannot spawn ">>, atom_to_binary(Name), <<": ">>,
            beamtalk_exception:message_of(Exception)
        ],
        nil,
        maps:remove('$handler', Exception)
    ),
    beamtalk_exception:remote(Failure#{stack_trace := Stack}).

-spec handle_call(term(), gen_server:from(), map()) ->
    {reply, term(), map()} | {noreply, map()} | {stop, normal, term(), map()}.
handle_call({'$bt', Selector, Args, []}, _From, State) ->
    called(Selector, Args, entered([], State));
handle_call({'$bt', Selector, Args, Chain}, _From, State) ->
    Now = entered(Chain, State),
    put('$bt_chain', [self() | Chain]),
    Answer = called(Selector, Args, Now),
    put('$bt_chain', [self()]),
    Answer;
handle_call({'$bt_link', Pid}, _From, State) ->
    process_flag(trap_exit, true),
    link(Pid),
    {reply, ok, State};
handle_call({Selector, Args}, From, State) when is_atom(Selector), is_list(Args) ->
    case handle_call({'$bt', Selector, Args, []}, From, State) of
        {reply, {ok, Value}, New} -> {reply, Value, New};
        {stop, Reason, {ok, Value}, New} -> {stop, Reason, Value, New};
        {stop, Reason, {error, Exception}, New} -> {stop, Reason, {error, Exception}, New};
        {reply, {error, Exception}, New} -> refuse(From, Exception, New)
    end;
handle_call(_Other, _From, State) ->
    {reply, {error, unknown_call}, State}.

%% Where the class is being changed, a message begins only when it may, and perhaps with another state.
entered(Chain, State) ->
    case get('$bt_turn') of
        undefined -> State;
        Turn -> beamtalk_actor_turn:enter(Turn, Chain, State)
    end.

left() ->
    case get('$bt_turn') of
        undefined -> ok;
        Turn -> beamtalk_actor_turn:leave(Turn)
    end.

%% Between messages, and in those that nobody waits for, the chain is this process alone.
called(Selector, Args, #{'__class__' := Module} = State) ->
    put('$bt_state', State),
    try Module:'$send'(Selector, {'$actor', Module, self()}, Args) of
        Value -> answered({ok, Value}, get('$bt_state'))
    catch
        %% A return from the method of who waits for this actor: no error, so that what was changed stays.
        throw:{'$bt_return', _, _} = Return:Stack -> failed(throw, Return, Stack, get('$bt_state'));
        Class:Reason:Stack -> failed(Class, Reason, Stack, State)
    end.

%% The caller of an untagged call knows nothing of exceptions: its call exits, as it would had
%% the server died, and the actor lives on.
refuse({_Pid, [alias | Mref] = _Tag}, Exception, State) ->
    Mref ! {'DOWN', Mref, process, self(), {Exception, []}},
    {noreply, State};
refuse(_From, Exception, State) ->
    {reply, {error, Exception}, State}.

answered(Reply, State) ->
    forget_requests(),
    beamtalk_cell:tidy(State),
    left(),
    case erase('$bt_stop') of
        undefined -> {reply, Reply, State};
        true -> {stop, normal, Reply, State}
    end.

failed(Class, Reason, Stack, State) ->
    Exception = beamtalk_exception:from(Class, Reason, Stack),
    answered({error, beamtalk_exception:remote(Exception)}, State).

forget_requests() ->
    case get('$bt_requests') of
        undefined -> ok;
        _ -> beamtalk_future:forget_collected()
    end.

-spec handle_cast(term(), map()) -> {noreply, map()} | {stop, normal, map()}.
handle_cast({'$bt', Selector, Args}, Before) ->
    #{'__class__' := Module} = State = entered([], Before),
    put('$bt_state', State),
    try Module:'$send'(Selector, {'$actor', Module, self()}, Args) of
        _ -> noreply(get('$bt_state'))
    catch
        Class:Reason:Stack ->
            log_failure(cast, Module, Selector, beamtalk_exception:from(Class, Reason, Stack)),
            noreply(State)
    end;
handle_cast(_Other, State) ->
    {noreply, State}.

%% Runs a message that nobody waits for; its error is logged, its state changes dropped.
unanswered(Fun, How, Selector, Before) ->
    #{'__class__' := Module} = State = entered([], Before),
    put('$bt_state', State),
    try Fun({'$actor', Module, self()}) of
        _ -> noreply(get('$bt_state'))
    catch
        Class:Reason:Stack ->
            log_failure(How, Module, Selector, beamtalk_exception:from(Class, Reason, Stack)),
            noreply(State)
    end.

noreply(State) ->
    forget_requests(),
    beamtalk_cell:tidy(State),
    left(),
    case erase('$bt_stop') of
        undefined -> {noreply, State};
        true -> {stop, normal, State}
    end.

log_failure(How, Module, Selector, Exception) ->
    logger:error(
        "~ts ~ts of ~ts raised ~ts",
        [How, beamtalk_print:symbol(Selector), beamtalk_class:name(Module), beamtalk_exception:printString(Exception)],
        #{beamtalk => #{class => Module, selector => Selector, exception => Exception}}
    ).

-spec handle_info(term(), map()) -> {noreply, map()} | {stop, term(), map()}.
handle_info({'EXIT', _From, normal}, State) ->
    inform({'EXIT', _From, normal}, State);
handle_info({'EXIT', _From, Reason}, State) ->
    {stop, Reason, State};
handle_info({[alias | Mref], Reply} = Message, State) ->
    case beamtalk_future:late_reply(Mref, Reply) of
        true -> {noreply, State};
        false -> inform(Message, State)
    end;
handle_info({'DOWN', Mref, process, _, Reason} = Message, State) ->
    case beamtalk_future:late_reply(Mref, {down, Reason}) of
        true -> {noreply, State};
        false -> inform(Message, State)
    end;
handle_info({'$bt_turn', put_off, now}, State) ->
    noreply(entered([], State));
handle_info({'$bt_turn', _, _}, State) ->
    %% Said when nobody waited for it any more.
    {noreply, State};
handle_info(Message, State) ->
    inform(Message, State).

inform(Message, #{'__class__' := Module} = State) ->
    case beamtalk_class:definer(Module, 'handleInfo:', 2) of
        nil ->
            {noreply, State};
        _ ->
            Handle = fun(Self) -> Module:'$send'('handleInfo:', Self, [Message]) end,
            unanswered(Handle, info, 'handleInfo:', State)
    end.

-spec terminate(term(), map()) -> ok.
terminate(Reason, #{'__class__' := Module} = State) ->
    beamtalk_living_actors:stopped(self()),
    case beamtalk_class:definer(Module, 'terminate:', 2) of
        nil -> ok;
        'bt@stdlib@Actor' -> ok;
        _ ->
            run_terminate(Module, Reason, entered([], State)),
            left()
    end.

run_terminate(Module, Reason, State) ->
    put('$bt_state', State),
    try Module:'$send'('terminate:', {'$actor', Module, self()}, [Reason]) of
        _ -> ok
    catch
        Class:Error:Stack ->
            log_failure(
                message, Module, 'terminate:', beamtalk_exception:from(Class, Error, Stack)
            )
    end.

%% Data that the new class has and the state lacks is added with its default.
-spec code_change(term(), map(), term()) -> {ok, map()}.
code_change(_OldVersion, #{'__class__' := Module} = State, _Extra) ->
    {ok, maps:merge(Module:'$defaults'(), State)}.

-spec format_status(gen_server:format_status()) -> gen_server:format_status().
format_status(#{state := #{'__class__' := Module} = State} = Status) ->
    Status#{state := #{class => beamtalk_class:name(Module), data => maps:remove('__class__', State)}};
format_status(Status) ->
    Status.
