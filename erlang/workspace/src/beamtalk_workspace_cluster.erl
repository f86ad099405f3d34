%% @doc The nodes that run this workspace's program together, and what each of them missed while it
%% was away. A node that comes back is not sent to (`beamtalk_node_gate') until it has the code that
%% it lacks and the loads that it missed have been carried out there, in their order and with their
%% patches. Code that a member has of its own and that was not loaded here while it was away stays as
%% it is.
%%
%% This process keeps the states of the nodes and never waits; `beamtalk_workspace_update' does the
%% work, in a process for each node that comes back.
-module(beamtalk_workspace_cluster).
-behaviour(gen_server).

-export([start_link/0, join/1, loaded/1, unloaded/1, nodes/0, await/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-export_type([missed/0]).

%% What happened here while a node was away, oldest first.
-type missed() :: #{id := beamtalk_workspace_loads:id(), time := integer(), modules := [map()]}
    | #{unloaded := [module()]}.

-define(LIMIT, 60000).
-define(LOOK, 500).
%% Looks until an update that failed is tried again.
-define(PATIENCE, 4).
%% From so many missed loads on, those that later ones make superfluous are forgotten.
-define(MANY, 200).

-record(member, {state = down :: beamtalk_node_gate:state(),
                 missed = [] :: [missed()],
                 %% The update that is under way, and whether the node has what it missed.
                 update = none :: none | pid(),
                 sent = false :: boolean(),
                 looks = 0 :: non_neg_integer(),
                 reason = nil :: nil | binary()}).

-record(state, {members = #{} :: #{node() => #member{}},
                %% Who waits for what: until a node is settled, or until it was sent what it missed.
                waiting = [] :: [{gen_server:from(), settled | sent, [node()]}]}).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Nodes that run the program from now on too, each with the cookie for connections to it.
%% Answers when those that can be reached are up to date.
-spec join([{node(), atom()}]) -> ok.
join(Nodes) ->
    Others = [Each || {Node, _} = Each <- Nodes, Node =/= node()],
    _ = [beamtalk_workspace_epmd:use_cookie(Node, Cookie) || {Node, Cookie} <- Others],
    gen_server:call(?MODULE, {join, [Node || {Node, _} <- Others]}, ?LIMIT).

%% @doc Something was loaded here. `nodes' are those that take part in the same load.
-spec loaded(#{id := beamtalk_workspace_loads:id(), time := integer(), modules := [map()], nodes := [node()]}) -> ok.
loaded(Load) ->
    gen_server:cast(?MODULE, {loaded, Load}).

%% @doc Modules were taken out of this node.
-spec unloaded([module()]) -> ok.
unloaded(Modules) ->
    gen_server:cast(?MODULE, {unloaded, Modules}).

%% @doc This node and the others that are or were there: `here', `up', `updating', `outdated' (with the
%% reason), `down', or `visitor' for a node that takes no part in loads.
-spec nodes() -> [#{name := node(), state := atom(), reason => binary()}].
nodes() ->
    gen_server:call(?MODULE, nodes).

%% @doc Another member asks, when it has sent this node what it missed here, for the same the other
%% way round. Who asks is a member from then on.
-spec await(node(), timeout()) -> ok | {error, binary()}.
await(Node, Limit) ->
    gen_server:call(?MODULE, {await, Node}, Limit).

-spec init([]) -> {ok, #state{}}.
init([]) ->
    _ = net_kernel:monitor_nodes(true),
    erlang:send_after(?LOOK, self(), look),
    %% What a process of this kind that ended knew.
    Known = [{Node, Member#member{state = down, update = none}} || {Node, _, Member} <- beamtalk_node_gate:all()],
    {ok, lists:foldl(fun({Node, Member}, State) -> put_member(Node, Member, State) end, #state{}, Known)}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}} | {noreply, #state{}}.
handle_call({join, Nodes}, From, State) ->
    New = [Node || Node <- Nodes, not is_map_key(Node, State#state.members)],
    Joined = lists:foldl(fun added/2, State, New),
    Away = [Node || Node <- Nodes, not lists:member(Node, New)],
    {noreply, answered(Joined#state{waiting = [{From, settled, Nodes -- Away} | Joined#state.waiting]})};
handle_call({await, Node}, From, State) ->
    Known = case State#state.members of
        #{Node := #member{state = down, update = none}} -> update(Node, State);
        #{Node := _} -> State;
        _ -> added(Node, State)
    end,
    {noreply, answered(Known#state{waiting = [{From, sent, [Node]} | Known#state.waiting]})};
handle_call(nodes, _From, #state{members = Members} = State) ->
    Told = [told(Node, Member) || {Node, Member} <- lists:sort(maps:to_list(Members))],
    Visitors = [#{name => Node, state => visitor}
                || Node <- lists:sort(erlang:nodes()), not is_map_key(Node, Members)],
    {reply, [#{name => node(), state => here} | Told ++ Visitors], State}.

told(Node, #member{state = outdated, reason = Reason}) -> #{name => Node, state => outdated, reason => Reason};
told(Node, #member{state = State}) -> #{name => Node, state => State}.

%% A node that is new here is reached, and then brought up to date as if it had been away.
added(Node, State) ->
    update(Node, put_member(Node, #member{}, State)).

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({loaded, #{nodes := Nodes} = Load}, #state{members = Members} = State) ->
    Missed = maps:remove(nodes, Load),
    {noreply, lists:foldl(fun({Node, Member}, Now) -> missed(Missed, lists:member(Node, Nodes), Node, Member, Now) end,
                          State, maps:to_list(Members))};
handle_cast({unloaded, Modules}, #state{members = Members} = State) ->
    {noreply, lists:foldl(fun({Node, Member}, Now) -> missed(#{unloaded => Modules}, false, Node, Member, Now) end,
                          State, maps:to_list(Members))}.

%% A node that is up and takes part in a load may be lost before it is told to go on: whether it did
%% is asked before anything is sent to it.
missed(_Load, false, _Node, #member{state = up}, State) ->
    State;
missed(Load, IsPart, Node, #member{state = Now, missed = Missed} = Member, State) ->
    More = put_member(Node, Member#member{missed = thinned(Missed ++ [Load])}, State),
    case IsPart andalso Now =:= up of
        true -> update(Node, More);
        false -> More
    end.

thinned(Missed) when length(Missed) < ?MANY -> Missed;
thinned(Missed) -> needed(Missed).

%% A load without a patch all of whose modules are loaded again later does not change what will be.
needed([]) -> [];
needed([#{modules := Modules} = Load | Later]) ->
    Again = [Module || #{modules := More} <- Later, #{module := Module} <- More],
    case [Module || #{module := Module} <- Modules,
                    not lists:member(Module, Again) orelse beamtalk_workspace_load:is_patch(Module)] of
        [] -> needed(Later);
        _ -> [Load | needed(Later)]
    end;
needed([Other | Later]) ->
    [Other | needed(Later)].

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({nodedown, Node}, #state{members = Members} = State) when is_map_key(Node, Members) ->
    Member = map_get(Node, Members),
    {noreply, answered(put_member(Node, Member#member{state = down, update = none, sent = false}, State))};
handle_info({nodeup, Node}, #state{members = Members} = State) when is_map_key(Node, Members) ->
    {noreply, came_back(Node, map_get(Node, Members), State)};
handle_info(look, #state{members = Members} = State) ->
    erlang:send_after(?LOOK, self(), look),
    {noreply, lists:foldl(fun({Node, Member}, Now) -> looked_at(Node, Member, Now) end, State, maps:to_list(Members))};
handle_info({Update, sent, Node, Count}, State) ->
    {noreply, with_update(Update, Node, State, fun(Member) -> sent(Node, Count, Member, State) end)};
handle_info({Update, ended, Node, Result}, State) ->
    {noreply, with_update(Update, Node, State, fun(Member) -> ended(Node, Result, Member, State) end)};
handle_info(_Other, State) ->
    {noreply, State}.

%% What comes of an update that has been given up does not count.
with_update(Update, Node, #state{members = Members} = State, Then) ->
    case Members of
        #{Node := #member{update = Update} = Member} -> Then(Member);
        _ -> State
    end.

came_back(Node, #member{update = none}, State) -> update(Node, State);
came_back(_Node, _Member, State) -> State.

%% Nothing else would bring back a connection that was lost.
looked_at(Node, #member{state = down, update = none}, State) ->
    reach(Node),
    State;
looked_at(Node, #member{state = outdated, looks = Looks}, State) when Looks >= ?PATIENCE ->
    update(Node, State);
looked_at(Node, #member{state = outdated, looks = Looks} = Member, State) ->
    put_member(Node, Member#member{looks = Looks + 1}, State);
looked_at(_Node, _Member, State) ->
    State.

%% A connection tells of itself.
reach(Node) ->
    spawn(fun() -> net_kernel:connect_node(Node) end).

update(Node, #state{members = Members} = State) ->
    #member{missed = Missed} = Member = map_get(Node, Members),
    Pid = beamtalk_workspace_update:start(Node, Missed),
    put_member(Node, Member#member{state = updating, update = Pid, sent = false, looks = 0}, State).

%% The first of what it missed is there now. What happened since is missed still.
sent(Node, Count, #member{missed = Missed} = Member, State) ->
    answered(put_member(Node, Member#member{missed = lists:nthtail(Count, Missed), sent = true}, State)).

ended(Node, ok, #member{missed = []} = Member, State) ->
    answered(put_member(Node, Member#member{state = up, update = none, reason = nil}, State));
ended(Node, ok, _Member, State) ->
    update(Node, State);
ended(Node, unreachable, Member, State) ->
    answered(put_member(Node, Member#member{state = down, update = none, sent = false}, State));
ended(Node, {error, Reason}, #member{reason = Before} = Member, State) ->
    Reason =:= Before orelse
        logger:warning("The node ~ts cannot be brought up to date: ~ts", [Node, Reason]),
    answered(put_member(Node, Member#member{state = outdated, update = none, reason = Reason}, State)).

put_member(Node, #member{state = Now} = Member, #state{members = Members} = State) ->
    ok = beamtalk_node_gate:set(Node, Now, Member),
    State#state{members = Members#{Node => Member}}.

%% Answers those who need wait no more.
answered(#state{waiting = Waiting} = State) ->
    State#state{waiting = [Each || Each <- Waiting, not is_answered(Each, State)]}.

is_answered({From, settled, Nodes}, #state{members = Members}) ->
    Done = lists:all(fun(Node) -> (map_get(Node, Members))#member.state =/= updating end, Nodes),
    Done andalso gen_server:reply(From, ok),
    Done;
is_answered({From, sent, [Node]}, #state{members = Members}) ->
    case map_get(Node, Members) of
        #member{state = down} -> gen_server:reply(From, {error, <<"the connection was lost">>}), true;
        #member{state = outdated, sent = false, reason = Reason} -> gen_server:reply(From, {error, Reason}), true;
        #member{state = updating, sent = false} -> false;
        _ -> gen_server:reply(From, ok), true
    end.
