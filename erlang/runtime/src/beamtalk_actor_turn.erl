%% @doc An actor's part in a change of its class. Before a change each actor concerned is told of it
%% (`take_part/2'); from then on it says when it works on a message, and asks before it begins one.
%% While the change is open it goes on as ever; when it is closed, who is between two messages stays
%% there; when it is committed, each takes on its new state at its next message, or when it is told to
%% (`settle/1'). So nobody stands still but who is sent a message in the moment of the change.
%%
%% Runs in the actor. Who changes the class (`beamtalk_workspace_hold') holds the flags: the first is
%% the state of the change, each other one says that an actor works on a message.
-module(beamtalk_actor_turn).

-export([take_part/2, put_off/1, enter/3, leave/1, settle/1, computed/2]).

-export_type([turn/0]).

-type turn() :: {reference(), Holder :: pid(), atomics:atomics_ref(), Slot :: pos_integer()}
              | {put_off, Overrides :: map()}.

-define(OPEN, 0).
-define(COMMITTED, 2).
-define(ABORTED, 3).
-define(IDLE, 0).
-define(BUSY, 1).
%% How often who stands looks for what nobody has told.
-define(LOOK, 20).

%% @doc Takes part in a change from now on. Between two messages.
-spec take_part(turn(), map()) -> map().
take_part(Turn, State) ->
    Settled = settle(State),
    put('$bt_turn', Turn),
    Settled.

%% @doc Has an actor that was told to begin later do so before its first message, or else soon: nobody takes
%% part in a change before.
-spec put_off(map()) -> ok.
put_off(Overrides) ->
    put('$bt_turn', {put_off, Overrides}),
    self() ! {'$bt_turn', put_off, now},
    ok.

%% @doc Asks whether a message may begin, and answers the state for it. `Chain' are those who wait for
%% its answer: where one of them must end before the change can go on, the message is let through.
-spec enter(turn(), [pid()], map()) -> map().
enter({put_off, Overrides} = Turn, Chain, #{'__class__' := Class} = State) ->
    case beamtalk_actor_server:begun(Class, Overrides) of
        {ok, New} ->
            erase('$bt_turn'),
            New;
        later ->
            timer:sleep(?LOOK),
            enter(Turn, Chain, State)
    end;
enter({_, _, Flags, Slot} = Turn, Chain, State) ->
    atomics:put(Flags, Slot, ?BUSY),
    case atomics:get(Flags, 1) of
        ?OPEN -> State;
        _ ->
            atomics:put(Flags, Slot, ?IDLE),
            case stand(Turn, Chain, State) of
                passed -> State;
                open -> enter(Turn, Chain, State);
                {over, New} -> New
            end
    end.

%% @doc A message has ended.
-spec leave(turn()) -> ok.
leave({_, _, Flags, Slot}) ->
    atomics:put(Flags, Slot, ?IDLE).

%% @doc Takes on the new state of a change that was committed, and forgets one that is over.
-spec settle(map()) -> map().
settle(State) ->
    case get('$bt_turn') of
        undefined -> State;
        {_, _, Flags, _} ->
            case atomics:get(Flags, 1) of
                ?COMMITTED -> over(true, State);
                _ -> over(false, State)
            end
    end.

%% @doc The state that this actor will have, computed while the change was closed.
-spec computed(reference(), map()) -> ok.
computed(Reference, New) ->
    {Reference, _, _, _} = get('$bt_turn'),
    put('$bt_next', New),
    ok.

over(Committed, State) ->
    erase('$bt_turn'),
    case erase('$bt_next') of
        undefined when Committed -> filled(State);
        New when Committed -> New;
        _ -> State
    end.

%% Data that the new class has and the state lacks is added with its default.
filled(#{'__class__' := Class} = State) ->
    maps:merge(Class:'$defaults'(), State).

stand({Reference, Holder, _, _} = Turn, Chain, State) ->
    Monitor = monitor(process, Holder),
    Holder ! {Reference, standing, self(), Chain},
    Answer = await(Turn, Monitor, State),
    demonitor(Monitor, [flush]),
    Answer.

await({Reference, Holder, Flags, _} = Turn, Monitor, State) ->
    case atomics:get(Flags, 1) of
        ?OPEN -> open;
        ?COMMITTED -> {over, over(true, State)};
        ?ABORTED -> {over, over(false, State)};
        _ ->
            receive
                {'$bt_turn', Reference, pass} -> passed;
                {'$bt_turn', Reference, look} -> await(Turn, Monitor, State);
                {system, {_, [alias | Reference]}, {replace_state, Function}} ->
                    told(Turn, Monitor, Function(State));
                {'DOWN', Monitor, process, Holder, _} -> {over, over(false, State)}
            after ?LOOK -> await(Turn, Monitor, State)
            end
    end.

told(Turn, Monitor, State) ->
    case get('$bt_turn') of
        undefined -> {over, State};
        _ -> await(Turn, Monitor, State)
    end.
