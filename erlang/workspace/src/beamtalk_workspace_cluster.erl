%% @doc The nodes that run this workspace's program together, and what each of them missed while it
%% was away. A node that comes back is not sent to (`beamtalk_node_gate') until it has the code that
%% it lacks and the loads that it missed have been carried out there, in their order and with their
%% patches. Code that a member has of its own and that was not loaded here while it was away stays as
%% it is.
%%
%% This process keeps the states of the nodes, and what they missed (`beamtalk_workspace_missed'); it
%% never waits but for the disk. `beamtalk_workspace_update' does the work, in a process for each node
%% that comes back.
-module(beamtalk_workspace_cluster).
-behaviour(gen_server).

-export([start_link/0, join/1, begun/2, counted/1, dropped/1, undated/1, nodes/0, tried/0, settled/0, up/1, await/2, forget/1, forget_here/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(LIMIT, 60000).
-define(LOOK, 500).
%% How long somebody who looks at the nodes waits for those that nobody has tried to reach yet.
-define(TRY, 1000).
-define(TRY_LOOK, 10).
-define(FORGET_LIMIT, 5000).
%% Looks until an update that failed is tried again.
-define(PATIENCE, 4).

-record(member, {state = down :: beamtalk_node_gate:state(),
                 %% The update that is under way, and whether the node has what it missed.
                 update = none :: none | pid(),
                 sent = false :: boolean(),
                 %% Whether this node has tried to reach it since it started: until then, that it is down
                 %% is only what nobody has looked at.
                 tried = false :: boolean(),
                 looks = 0 :: non_neg_integer(),
                 reason = nil :: nil | binary()}).

-record(state, {members = #{} :: #{node() => #member{}},
                missed :: beamtalk_workspace_missed:missed(),
                %% Loads that will count or not, by who makes them.
                begun = #{} :: #{beamtalk_workspace_missed:id() => {beamtalk_workspace_missed:load(), [node()], reference()}},
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

%% @doc A load, or the removal of modules, is about to count here; `Nodes' are those that take part in
%% it. Members that are away miss it: that is on disk before this answers. The caller says next whether
%% it counts; where it ends without a word, the load counts if the node has it.
-spec begun(beamtalk_workspace_missed:load(), [node()]) -> ok | {error, term()}.
begun(Load, Nodes) ->
    gen_server:call(?MODULE, {begun, Load, Nodes}, infinity).

%% @doc What was begun counts.
-spec counted(beamtalk_workspace_missed:id()) -> ok.
counted(Id) ->
    gen_server:call(?MODULE, {counted, Id}, infinity).

%% @doc What was begun does not count.
-spec dropped(beamtalk_workspace_missed:id()) -> ok.
dropped(Id) ->
    gen_server:call(?MODULE, {dropped, Id}, infinity).

%% @doc Code was loaded that says nothing of which is newer: files of a node that starts. Of what other
%% members missed they get this version, where it is another one.
-spec undated([map()]) -> ok.
undated(Modules) ->
    gen_server:cast(?MODULE, {undated, Modules}).

%% @doc This node and the others that are or were there: `here', `up', `updating', `outdated' (with the
%% reason), `down', or `visitor' for a node that takes no part in loads.
-spec nodes() -> [#{name := node(), state := atom(), reason => binary()}].
nodes() ->
    gen_server:call(?MODULE, nodes).

%% @doc As `nodes/0'. Members that this node knows from before it started are reached first, unless that
%% takes long.
-spec tried() -> [#{name := node(), state := atom(), reason => binary()}].
tried() ->
    case gen_server:call(?MODULE, try_all) of
        [] -> ok;
        Tried -> until_known(Tried, ?TRY div ?TRY_LOOK)
    end,
    ?MODULE:nodes().

until_known(_Tried, 0) ->
    ok;
until_known(Tried, Looks) ->
    case [Name || #{name := Name, state := updating} <- ?MODULE:nodes(), lists:member(Name, Tried)] of
        [] -> ok;
        Left -> timer:sleep(?TRY_LOOK), until_known(Left, Looks - 1)
    end.

%% @doc As `nodes/0', when none is being brought up to date any more: who has just taken part in a load is
%% asked whether it has it. Members that this node knows from before it started are reached first.
-spec settled() -> [#{name := node(), state := atom(), reason => binary()}].
settled() ->
    ok = gen_server:call(?MODULE, settled, ?LIMIT),
    ?MODULE:nodes().

%% @doc Those of the nodes, or of the whole cluster, that are up.
-spec up([binary()] | cluster) -> [node()].
up([]) -> [];
up(Wanted) ->
    [Name || #{name := Name, state := up} <- settled(),
             Wanted =:= cluster orelse lists:member(atom_to_binary(Name), Wanted)].

%% @doc Another member asks, when it has sent this node what it missed here, for the same the other
%% way round. Who asks is a member from then on.
-spec await(node(), timeout()) -> ok | {error, binary()}.
await(Node, Limit) ->
    gen_server:call(?MODULE, {await, Node}, Limit).

%% @doc A member that is gone for good is none any more, here and at the members that are up; what was kept
%% for it goes. Answers how many loads that were, and the members that did not forget it.
-spec forget(node()) -> {ok, non_neg_integer(), [node()]} | {error, unknown | here | beamtalk_node_gate:state()}.
forget(Node) when Node =:= node() ->
    {error, here};
forget(Node) ->
    case forget_here(Node) of
        {ok, Missed} ->
            Others = [Name || #{name := Name, state := up} <- ?MODULE:nodes()],
            Answers = erpc:multicall(Others, ?MODULE, forget_here, [Node], ?FORGET_LIMIT),
            {ok, Missed, [Other || {Other, Answer} <- lists:zip(Others, Answers), not has_forgotten(Answer)]};
        {error, Reason} -> {error, Reason}
    end.

has_forgotten({ok, {ok, _}}) -> true;
has_forgotten({ok, {error, unknown}}) -> true;
has_forgotten(_) -> false.

%% @doc The same at this node alone.
-spec forget_here(node()) -> {ok, non_neg_integer()} | {error, unknown | beamtalk_node_gate:state()}.
forget_here(Node) ->
    gen_server:call(?MODULE, {forget, Node}).

-spec init([]) -> {ok, #state{}}.
init([]) ->
    _ = net_kernel:monitor_nodes(true),
    erlang:send_after(?LOOK, self(), look),
    %% What a process of this kind that ended knew; nothing where the node starts.
    Known = beamtalk_node_gate:all(),
    {Opened, Unsettled} = beamtalk_workspace_missed:open(folder()),
    State = lists:foldl(fun settled/2, #state{missed = Opened}, Unsettled),
    {ok, as_before(Known, State)}.

folder() ->
    case os:getenv("BEAMTALK_RECORD") of
        false -> none;
        Folder -> Folder
    end.

as_before([], #state{missed = Missed} = State) ->
    Restored = beamtalk_workspace_missed:restored(Missed),
    Nodes = beamtalk_workspace_missed:members(Restored),
    _ = [beamtalk_workspace_epmd:use_cookie(Node, beamtalk_workspace_missed:cookie(Node, Restored)) || Node <- Nodes],
    _ = [beamtalk_workspace_loads:known_before(Load, beamtalk_workspace_missed:modules(Load))
         || Node <- Nodes, Load <- beamtalk_workspace_missed:of_member(Node, Restored)],
    lists:foldl(fun(Node, Now) -> put_member(Node, #member{}, Now) end, State#state{missed = Restored}, Nodes);
as_before(Known, State) ->
    lists:foldl(fun({Node, _, {Member, Loads}}, #state{missed = Missed} = Now) ->
        Kept = beamtalk_workspace_missed:known(Node, erlang:get_cookie(Node), Loads, Missed),
        put_member(Node, Member#member{state = down, update = none, sent = false}, Now#state{missed = Kept})
    end, State, Known).

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
handle_call(try_all, _From, State) ->
    Untried = untried(State),
    {reply, Untried, lists:foldl(fun update/2, State, Untried)};
%% One that is connected would be back at once.
handle_call({forget, Node}, _From, #state{members = Members, missed = Missed} = State) ->
    case Members of
        #{Node := #member{state = down}} ->
            Loads = length(beamtalk_workspace_missed:of_member(Node, Missed)),
            {reply, {ok, Loads}, without(Node, State)};
        #{Node := #member{state = Other}} -> {reply, {error, Other}, State};
        _ -> {reply, {error, unknown}, State}
    end;
handle_call(settled, From, State) ->
    #state{members = Members} = Tried = lists:foldl(fun update/2, State, untried(State)),
    Updating = [Node || {Node, #member{state = updating}} <- maps:to_list(Members)],
    {noreply, answered(Tried#state{waiting = [{From, settled, Updating} | Tried#state.waiting]})};
handle_call(nodes, _From, #state{members = Members} = State) ->
    Told = [told(Node, Member) || {Node, Member} <- lists:sort(maps:to_list(Members))],
    Visitors = [#{name => Node, state => visitor}
                || Node <- lists:sort(erlang:nodes()), not is_map_key(Node, Members)],
    {reply, [#{name => node(), state => here} | Told ++ Visitors], State};
handle_call({begun, #{id := Id} = Load, Nodes}, {Pid, _}, #state{missed = Missed, begun = Begun} = State) ->
    Missing = missing(Nodes, State),
    case beamtalk_workspace_missed:begun(Load, Missing, Missed) of
        {ok, New} ->
            {reply, ok, State#state{missed = New, begun = Begun#{Id => {Load, Missing, monitor(process, Pid)}}}};
        {error, Reason} -> {reply, {error, Reason}, State}
    end;
handle_call({counted, Id}, _From, #state{begun = Begun} = State) ->
    case Begun of
        #{Id := {Load, Missing, Monitor}} ->
            demonitor(Monitor, [flush]),
            {reply, ok, counted(Load, Missing, State)};
        _ -> {reply, ok, State}
    end;
handle_call({dropped, Id}, _From, #state{begun = Begun} = State) ->
    _ = [demonitor(Monitor, [flush]) || #{Id := {_, _, Monitor}} <- [Begun]],
    {reply, ok, dropped(Id, State)}.

untried(#state{members = Members}) ->
    [Node || {Node, #member{state = down, update = none, tried = false}} <- maps:to_list(Members)].

without(Node, #state{members = Members, missed = Missed, begun = Begun, waiting = Waiting} = State) ->
    ok = beamtalk_node_gate:forget(Node),
    State#state{members = maps:remove(Node, Members),
                missed = beamtalk_workspace_missed:without(Node, Missed),
                begun = maps:map(fun(_, {Load, Missing, Monitor}) -> {Load, lists:delete(Node, Missing), Monitor} end,
                                 Begun),
                waiting = [case Each of
                    {From, settled, Nodes} -> {From, settled, lists:delete(Node, Nodes)};
                    _ -> Each
                end || Each <- Waiting]}.

%% Who will not have a load by itself. A node that is up and takes part may be lost before it is told to
%% go on: whether it did is asked before anything is sent to it.
missing(Nodes, #state{members = Members}) ->
    [Node || {Node, #member{state = Now}} <- maps:to_list(Members), Now =/= up orelse lists:member(Node, Nodes)].

%% Others may have gone or come back since it was begun.
counted(#{id := Id} = Load, Before, #state{missed = Missed, begun = Begun} = State) ->
    Missing = lists:usort(Before ++ missing([], State)),
    New = State#state{missed = beamtalk_workspace_missed:counted(Id, Load, Missing, Missed),
                      begun = maps:remove(Id, Begun)},
    lists:foldl(fun(Node, #state{members = Members} = Now) ->
        case map_get(Node, Members) of
            #member{state = up} -> update(Node, Now);
            Member -> put_member(Node, Member, Now)
        end
    end, New, Missing).

dropped(Id, #state{missed = Missed, begun = Begun} = State) ->
    State#state{missed = beamtalk_workspace_missed:dropped(Id, Missed), begun = maps:remove(Id, Begun)}.

%% A load of which nobody has said whether it counts: one that is in the log of changes does, and one
%% that makes no entry where it was carried out, or the node with it was lost.
settled(#{id := Id, logged := true} = Load, State) ->
    case [Entry || #{load := Of} = Entry <- beamtalk_workspace_changes:all(), Of =:= Id] of
        [] -> dropped(Id, State);
        _ -> counted_by_nobody(Load, State)
    end;
settled(Load, State) ->
    counted_by_nobody(Load, State).

counted_by_nobody(#{id := Id} = Load, #state{missed = Missed} = State) ->
    State#state{missed = beamtalk_workspace_missed:counted(Id, Load, beamtalk_workspace_missed:members(Missed), Missed)}.

told(Node, #member{state = outdated, reason = Reason}) -> #{name => Node, state => outdated, reason => Reason};
told(Node, #member{state = State}) -> #{name => Node, state => State}.

%% A node that is new here is reached, and then brought up to date as if it had been away.
added(Node, State) ->
    update(Node, put_member(Node, #member{}, seen(Node, erlang:get_cookie(Node), State))).

seen(Node, Cookie, #state{missed = Missed} = State) ->
    State#state{missed = beamtalk_workspace_missed:member(Node, Cookie, erlang:system_time(millisecond), Missed)}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({undated, Modules}, #state{members = Members} = State) ->
    {noreply, lists:foldl(fun(Node, Now) -> undated(Node, Modules, Now) end,
                          State, maps:keys(Members))}.

undated(Node, Modules, #state{missed = Missed} = State) ->
    Loads = beamtalk_workspace_missed:of_member(Node, Missed),
    Last = maps:from_list(lists:flatmap(fun versions/1, Loads)),
    case [Each || #{module := Module, beam := Beam} = Each <- Modules, is_map_key(Module, Last),
                  map_get(Module, Last) =/= code:module_md5(Beam)] of
        [] -> State;
        Others ->
            #{time := Time} = lists:last(Loads),
            #{id := Id} = Load = #{id => beamtalk_workspace_loads:new_id(), time => Time + 1, modules => Others},
            case beamtalk_workspace_missed:begun(Load, [Node], Missed) of
                {ok, Begun} ->
                    Kept = State#state{missed = beamtalk_workspace_missed:counted(Id, Load, [Node], Begun)},
                    put_member(Node, map_get(Node, Kept#state.members), Kept);
                {error, Reason} ->
                    logger:error("~ts will not get what this node runs now: ~tp", [Node, Reason]),
                    State
            end
    end.

versions(#{modules := Modules} = Load) ->
    [{Module, code:module_md5(Beam)} || #{module := Module, beam := Beam} <- Modules]
        ++ [{Module, gone} || Module <- maps:get(gone, Load, [])];
versions(#{unloaded := Modules}) -> [{Module, gone} || Module <- Modules];
versions(#{forgotten := Modules}) -> [{Module, forgotten} || Module <- Modules].

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({nodedown, Node}, #state{members = Members} = State) when is_map_key(Node, Members) ->
    Member = map_get(Node, Members),
    %% Somebody may have set another cookie to keep the nodes apart.
    Seen = seen(Node, beamtalk_workspace_missed:cookie(Node, State#state.missed), State),
    {noreply, answered(put_member(Node, Member#member{state = down, update = none, sent = false}, Seen))};
handle_info({'DOWN', Monitor, process, _, _}, #state{begun = Begun} = State) ->
    {noreply, case [Each || {_, _, Of} = Each <- maps:values(Begun), Of =:= Monitor] of
        [{Load, Missing, _}] -> ended_without_a_word(Load, Missing, State);
        [] -> State
    end};
handle_info({nodeup, Node}, #state{members = Members} = State) when is_map_key(Node, Members) ->
    {noreply, came_back(Node, map_get(Node, Members), State)};
handle_info(look, #state{members = Members} = State) ->
    erlang:send_after(?LOOK, self(), look),
    {noreply, lists:foldl(fun({Node, Member}, Now) -> looked_at(Node, Member, Now) end, State, maps:to_list(Members))};
handle_info({Update, sent, Node, Count}, State) ->
    {noreply, with_update(Update, Node, State, fun(Member) -> sent(Node, Count, Member, State) end)};
handle_info({Update, ended, Node, Result}, #state{missed = Missed} = State) ->
    IsAll = beamtalk_workspace_missed:of_member(Node, Missed) =:= [],
    {noreply, with_update(Update, Node, State, fun(Member) -> ended(Node, Result, IsAll, Member, State) end)};
handle_info(_Other, State) ->
    {noreply, State}.

%% What comes of an update that has been given up does not count.
with_update(Update, Node, #state{members = Members} = State, Then) ->
    case Members of
        #{Node := #member{update = Update} = Member} -> Then(Member);
        _ -> State
    end.

%% Where who made it was killed, it was undone unless it counts.
ended_without_a_word(#{id := Id} = Load, Missing, State) ->
    IsThere = beamtalk_workspace_loads:status(Id) =:= loaded orelse
        [Entry || #{load := Of} = Entry <- beamtalk_workspace_changes:all(), Of =:= Id] =/= [],
    case IsThere of
        true -> counted(Load, Missing, State);
        false -> dropped(Id, State)
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
    Member = map_get(Node, Members),
    Missed = State#state.missed,
    Pid = beamtalk_workspace_update:start(Node, beamtalk_workspace_missed:of_member(Node, Missed)),
    put_member(Node, Member#member{state = updating, update = Pid, sent = false, tried = true, looks = 0}, State).

%% The first of what it missed is there now. What happened since is missed still.
sent(Node, Count, Member, #state{missed = Missed} = State) ->
    Less = State#state{missed = beamtalk_workspace_missed:had(Node, Count, Missed)},
    answered(put_member(Node, Member#member{sent = true}, Less)).

ended(Node, ok, true, Member, State) ->
    answered(put_member(Node, Member#member{state = up, update = none, reason = nil}, State));
ended(Node, ok, false, _Member, State) ->
    update(Node, State);
ended(Node, unreachable, _IsAll, Member, State) ->
    answered(put_member(Node, Member#member{state = down, update = none, sent = false}, State));
ended(Node, {error, Reason}, _IsAll, #member{reason = Before} = Member, State) ->
    Reason =:= Before orelse
        logger:warning("The node ~ts cannot be brought up to date: ~ts", [Node, Reason]),
    answered(put_member(Node, Member#member{state = outdated, update = none, reason = Reason}, State)).

put_member(Node, #member{state = Now} = Member, #state{members = Members, missed = Missed} = State) ->
    ok = beamtalk_node_gate:set(Node, Now, {Member, beamtalk_workspace_missed:of_member(Node, Missed)}),
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
