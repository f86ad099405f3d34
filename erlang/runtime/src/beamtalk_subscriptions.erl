%% @doc Who wants to hear which announcements. The table is read by whoever announces; the server
%% writes, and takes out what belonged to a process that has ended. It tells
%% `beamtalk_system_announcer' when the first one subscribes to what the system announces and when
%% the last one leaves.
-module(beamtalk_subscriptions).
-behaviour(gen_server).

-export([start_link/0, add/1, take/2, remove/2, of_announcer/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(TABLE, beamtalk_subscription_table).
%% Milliseconds for an answer of another node, as for a send that is waited for.
-define(LIMIT, 5000).

%% An announcer is known by a reference, that of the system by its name.
-type id() :: reference() | system.
-type subscription() :: #{
    announcer := id(),
    number := pos_integer(),
    %% Classes whose announcements are wanted.
    modules := [module()],
    action := {block, fun()} | {send, atom(), term()},
    %% Whom `unsubscribe:' names.
    owner := term(),
    %% The process with which the subscription ends.
    process := pid(),
    once := boolean()
}.
-export_type([id/0, subscription/0]).

-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% An announcer belongs to the node on which it was made.
-spec node_of(id()) -> node().
node_of(Id) when is_reference(Id) -> node(Id);
node_of(system) -> node().

%% Answers the subscription with its number; later ones have higher numbers.
-spec add(map()) -> subscription().
add(#{announcer := Id} = Subscription) ->
    at(Id, fun() -> gen_server:call(?MODULE, {add, Subscription}, infinity) end, add, [Subscription]).

%% Takes one out: true for one caller only.
-spec take(id(), pos_integer()) -> boolean().
take(Id, Number) -> remove(Id, fun(#{number := N}) -> N =:= Number end) =:= 1.

%% Takes those out that the function wants, or that have the numbers, and answers how many.
-spec remove(id(), fun((subscription()) -> boolean()) | [pos_integer()]) -> non_neg_integer().
remove(Id, Wanted) when is_function(Wanted) ->
    case [Number || #{number := Number} = Subscription <- of_announcer(Id), Wanted(Subscription)] of
        [] -> 0;
        Numbers -> remove(Id, Numbers)
    end;
remove(Id, Numbers) ->
    at(Id, fun() -> gen_server:call(?MODULE, {remove, Id, Numbers}, infinity) end, remove, [Id, Numbers]).

%% In the order in which they subscribed.
-spec of_announcer(id()) -> [subscription()].
of_announcer(Id) ->
    at(Id, fun() -> read(Id) end, of_announcer, [Id]).

%% On the announcer's node the work itself, elsewhere the same function there. A node that is away or hangs
%% is an error, within the limit.
at(Id, Work, Function, Arguments) ->
    case node_of(Id) of
        Node when Node =:= node() -> Work();
        Node -> erpc:call(Node, ?MODULE, Function, Arguments, ?LIMIT)
    end.

read(Id) ->
    try
        ets:select(?TABLE, [{{{Id, '_'}, '$1'}, [], ['$1']}])
    catch
        error:badarg -> []
    end.

%%% The server: its state counts the subscriptions of each process

-type state() :: #{next := pos_integer(), processes := #{pid() => {reference(), pos_integer()}}}.

-spec init([]) -> {ok, state()}.
init([]) ->
    ets:new(?TABLE, [ordered_set, named_table, protected, {read_concurrency, true}]),
    told(system),
    {ok, #{next => 1, processes => #{}}}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()}.
handle_call({add, #{announcer := Id, process := Pid} = Wanted}, _From, #{next := Number} = State) ->
    Subscription = Wanted#{number => Number},
    ets:insert(?TABLE, {{Id, Number}, Subscription}),
    told(Id),
    {reply, Subscription, watched(Pid, State#{next := Number + 1})};
handle_call({remove, Id, Numbers}, _From, State) ->
    Taken = lists:append([ets:take(?TABLE, {Id, Number}) || Number <- Numbers]),
    told(Id),
    {reply, length(Taken), lists:foldl(fun({_, #{process := Pid}}, S) -> unwatched(Pid, S) end, State, Taken)};
handle_call(_, _From, State) ->
    {reply, {error, unknown_call}, State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info({'DOWN', _, process, Pid, _}, #{processes := Processes} = State) ->
    Gone = ets:select(?TABLE, [{{'$1', #{process => Pid}}, [], ['$1']}]),
    lists:foreach(fun(Key) -> ets:delete(?TABLE, Key) end, Gone),
    lists:foreach(fun told/1, lists:usort([Id || {Id, _} <- Gone])),
    {noreply, State#{processes := maps:remove(Pid, Processes)}};
handle_info(_, State) ->
    {noreply, State}.

watched(Pid, #{processes := Processes} = State) ->
    Counted =
        case Processes of
            #{Pid := {Monitor, Count}} -> {Monitor, Count + 1};
            _ -> {erlang:monitor(process, Pid), 1}
        end,
    State#{processes := Processes#{Pid => Counted}}.

unwatched(Pid, #{processes := Processes} = State) ->
    case Processes of
        #{Pid := {Monitor, 1}} ->
            erlang:demonitor(Monitor, [flush]),
            State#{processes := maps:remove(Pid, Processes)};
        #{Pid := {Monitor, Count}} ->
            State#{processes := Processes#{Pid := {Monitor, Count - 1}}};
        _ ->
            State
    end.

told(system) -> beamtalk_system_announcer:listeners(read(system) =/= []);
told(_) -> ok.
