%% @doc Which other nodes may be sent to. A node that left and came back runs old code until it has
%% been brought up to date; until then what is sent there is held, or refused. Who knows of such
%% nodes (the workspace application) sets their states here; `pass/2' runs in each sender to another
%% node. A node of which nothing is known is open.
-module(beamtalk_node_gate).

-export([set/3, forget/1, all/0, pass/2]).

-export_type([state/0, refusal/0]).

%% `up' is open. `updating' will be soon. `outdated' could not be brought up to date. `down' is not
%% connected; a connection opens nothing by itself.
-type state() :: up | updating | outdated | down.
-type refusal() :: unreachable | outdated | updating.

-define(TABLE, beamtalk_node_gate).
-define(LOOK, 2).

%% @doc Sets a node's state, with what its owner wants to keep of it.
-spec set(node(), state(), term()) -> ok.
set(Node, State, Kept) ->
    true = ets:insert(beamtalk_table_owner:table(?TABLE, set), {Node, State, Kept}),
    ok.

%% @doc Nothing is known of the node any more.
-spec forget(node()) -> ok.
forget(Node) ->
    true = ets:delete(beamtalk_table_owner:table(?TABLE, set), Node),
    ok.

%% @doc All nodes with their states and what is kept of them.
-spec all() -> [{node(), state(), term()}].
all() ->
    ets:tab2list(beamtalk_table_owner:table(?TABLE, set)).

%% @doc Waits until a node may be sent to, for at most the milliseconds given. A node that is not
%% connected is tried once.
-spec pass(node(), timeout()) -> ok | {error, refusal()}.
pass(Node, Limit) ->
    case state(Node) of
        up -> ok;
        outdated -> {error, outdated};
        updating -> wait(Node, deadline(Limit));
        down -> connect(Node, deadline(Limit))
    end.

state(Node) ->
    case ets:whereis(?TABLE) of
        undefined -> up;
        Table ->
            case ets:lookup(Table, Node) of
                [{_, State, _}] -> State;
                [] -> up
            end
    end.

%% Connecting may take longer than there is time.
connect(Node, Deadline) ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit({connected, net_kernel:connect_node(Node)}) end),
    receive
        {'DOWN', Monitor, process, Pid, {connected, true}} -> wait(Node, Deadline);
        {'DOWN', Monitor, process, Pid, _} -> {error, unreachable}
    after left(Deadline) ->
        demonitor(Monitor, [flush]),
        {error, unreachable}
    end.

wait(Node, Deadline) ->
    case {state(Node), left(Deadline)} of
        {up, _} -> ok;
        {outdated, _} -> {error, outdated};
        {State, 0} -> {error, late(State)};
        {State, _} ->
            case State =:= updating orelse lists:member(Node, nodes(connected)) of
                true -> timer:sleep(?LOOK), wait(Node, Deadline);
                false -> {error, unreachable}
            end
    end.

late(updating) -> updating;
late(down) -> unreachable.

deadline(infinity) -> infinity;
deadline(Limit) -> erlang:monotonic_time(millisecond) + Limit.

left(infinity) -> infinity;
left(Deadline) -> max(0, Deadline - erlang:monotonic_time(millisecond)).
