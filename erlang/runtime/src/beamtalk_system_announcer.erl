%% @doc Announces what happens in the node: classes that are loaded, changed and removed, actors that
%% start and stop, bindings, flushes. While nobody listens, telling costs the look at one number.
%% Handlers run in this server, so that nothing in the node waits for them.
-module(beamtalk_system_announcer).
-behaviour(gen_server).

-export([start_link/0, 'class current'/1, tell/2, actor_started/2, listeners/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(LISTENERS, ?MODULE).

-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

-spec 'class current'(term()) -> map().
'class current'(_) -> current().

current() -> #{'__class__' => 'bt@stdlib@SystemAnnouncer', id => system}.

%% An announcement of the class of that name, with these fields.
-spec tell(atom(), map()) -> ok.
tell(ClassName, Fields) -> told({announce, ClassName, Fields}).

-spec actor_started(pid(), module()) -> ok.
actor_started(Pid, Module) -> told({actor, Pid, Module}).

told(Message) ->
    case is_listened_to() of
        true -> gen_server:cast(?MODULE, Message);
        false -> ok
    end.

is_listened_to() ->
    case persistent_term:get(?LISTENERS, none) of
        none -> false;
        Counter -> atomics:get(Counter, 1) =:= 1
    end.

%% Whether there are subscriptions, said by the server that keeps them.
-spec listeners(boolean()) -> ok.
listeners(Some) ->
    Before = is_listened_to(),
    case persistent_term:get(?LISTENERS, none) of
        none -> ok;
        Counter -> atomics:put(Counter, 1, case Some of true -> 1; false -> 0 end)
    end,
    case Before of
        Some -> ok;
        _ -> gen_server:cast(?MODULE, {listeners, Some})
    end.

%%% The server: its state is the actors that it watches, while somebody listens

-type state() :: #{pid() => {reference(), module()}}.

-spec init([]) -> {ok, state()}.
init([]) ->
    %% Putting the same term again costs nothing; another one would make every process collect.
    persistent_term:get(?LISTENERS, none) =:= none andalso
        persistent_term:put(?LISTENERS, atomics:new(1, [])),
    self() ! subscribe,
    {ok, #{}}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()}.
handle_call(_, _From, State) -> {reply, {error, unknown_call}, State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast({announce, ClassName, Fields}, State) ->
    announce(ClassName, Fields),
    {noreply, State};
handle_cast({actor, Pid, Module}, State) ->
    %% It may be watched already, as one that lived when the first subscription came.
    announce('ActorStarted', #{actor => {'$actor', Module, Pid}}),
    {noreply, watch(Pid, Module, State)};
handle_cast({listeners, true}, State) ->
    {noreply, watch_living(State)};
handle_cast({listeners, false}, State) ->
    maps:foreach(fun(_, {Monitor, _}) -> erlang:demonitor(Monitor, [flush]) end, State),
    {noreply, #{}}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info({beamtalk_registry, {Event, Name, Module}}, State) ->
    is_listened_to() andalso of_program(Event, Module) andalso
        announce(class_event(Event), #{className => Name}),
    {noreply, State};
handle_info({'DOWN', _, process, Pid, Reason}, State) ->
    case maps:take(Pid, State) of
        {{_, Module}, Rest} ->
            announce('ActorStopped', #{actor => {'$actor', Module, Pid}, reason => Reason}),
            {noreply, Rest};
        error ->
            %% The registry's: it is started again.
            erlang:send_after(100, self(), subscribe),
            {noreply, State}
    end;
handle_info(subscribe, State) ->
    subscribe(),
    case is_listened_to() of
        true -> {noreply, watch_living(State)};
        false -> {noreply, State}
    end;
handle_info(_, State) ->
    {noreply, State}.

subscribe() ->
    case whereis(beamtalk_registry) of
        undefined ->
            erlang:send_after(100, self(), subscribe);
        Registry ->
            erlang:monitor(process, Registry),
            beamtalk_registry:subscribe(self())
    end.

watch_living(State) ->
    lists:foldl(fun({Pid, Module}, S) -> watch(Pid, Module, S) end, State, beamtalk_living_actors:all()).

watch(Pid, _, State) when is_map_key(Pid, State) -> State;
watch(Pid, Module, State) -> State#{Pid => {erlang:monitor(process, Pid), Module}}.

%% Classes of the library are entered when they are first needed, which is no news.
of_program(class_removed, _) -> true;
of_program(_, Module) -> not beamtalk_class:is_of_library(Module).

class_event(class_loaded) -> 'ClassLoaded';
class_event(class_changed) -> 'ClassChanged';
class_event(class_removed) -> 'ClassRemoved'.

announce(ClassName, Fields) ->
    Announcement = beamtalk_send:send(beamtalk_registry:class_named(ClassName), 'new:', [Fields]),
    try
        _ = beamtalk_announcer:'announce:'(current(), Announcement),
        true
    catch
        Class:Reason:Stack ->
            logger:error("An announcement of ~ts ended with ~tp", [ClassName, {Class, Reason, Stack}]),
            true
    end.
