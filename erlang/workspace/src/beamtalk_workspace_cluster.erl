%% @doc The nodes that run this workspace's program together. A member that was away is sent, when it
%% comes back, the code that was loaded meanwhile; one that was started anew, all of it. Code that a
%% member has of its own and that was not loaded here while it was away stays as it is.
-module(beamtalk_workspace_cluster).
-behaviour(gen_server).

-export([start_link/0, join/1, loaded/1, nodes/0, checksums/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(LIMIT, 60000).
-define(LOOK, 500).
-define(CODE, beamtalk_workspace_code).

-record(member, {state = up :: up | down | updating | outdated,
                 %% Modules loaded here since it went.
                 missed = [] :: [module()]}).

-type state() :: #{node() => #member{}}.

-spec start_link() -> {ok, pid()} | {error, term()}.
start_link() ->
    case gen_server:start_link({local, ?MODULE}, ?MODULE, [], []) of
        {ok, Pid} -> {ok, Pid};
        {error, Reason} -> {error, Reason};
        ignore -> {error, ignore}
    end.

%% @doc Nodes that run the program from now on too, each with the cookie for connections to it.
-spec join([{node(), atom()}]) -> ok.
join(Nodes) ->
    Others = [Each || {Node, _} = Each <- Nodes, Node =/= node()],
    _ = [erlang:set_cookie(Node, Cookie) || {Node, Cookie} <- Others],
    gen_server:call(?MODULE, {join, [Node || {Node, _} <- Others]}, ?LIMIT).

%% @doc Modules were loaded here.
-spec loaded([module()]) -> ok.
loaded(Modules) ->
    gen_server:cast(?MODULE, {loaded, Modules}).

%% @doc This node and the others that are or were there: `here', `up', `updating', `outdated', `down',
%% or `visitor' for a node that takes no part in loads.
-spec nodes() -> [#{name := node(), state := atom()}].
nodes() ->
    gen_server:call(?MODULE, nodes).

-spec init([]) -> {ok, state()}.
init([]) ->
    _ = net_kernel:monitor_nodes(true),
    erlang:send_after(?LOOK, self(), look),
    {ok, #{}}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()}.
handle_call({join, Nodes}, _From, State) ->
    New = [Node || Node <- Nodes, not is_map_key(Node, State)],
    Joined = maps:from_list([{Node, #member{state = reached(Node)}} || Node <- New]),
    {reply, ok, maps:merge(State, Joined)};
handle_call(nodes, _From, State) ->
    Members = [#{name => Node, state => Each#member.state} || {Node, Each} <- lists:sort(maps:to_list(State))],
    Visitors = [#{name => Node, state => visitor} || Node <- lists:sort(erlang:nodes()), not is_map_key(Node, State)],
    {reply, [#{name => node(), state => here} | Members ++ Visitors], State}.

reached(Node) ->
    case net_kernel:connect_node(Node) of
        true -> up;
        _ -> down
    end.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast({loaded, Modules}, State) ->
    {noreply, maps:map(fun(_, #member{state = up} = Member) -> Member;
                          (_, #member{missed = Missed} = Member) ->
                               Member#member{missed = lists:usort(Modules ++ Missed)}
                       end, State)}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info({nodedown, Node}, State) when is_map_key(Node, State) ->
    {noreply, State#{Node := (map_get(Node, State))#member{state = down}}};
handle_info({nodeup, Node}, State) when is_map_key(Node, State) ->
    #member{missed = Missed} = Member = map_get(Node, State),
    Cluster = self(),
    spawn(fun() -> Cluster ! {updated, Node, Missed, brought_up_to_date(Node, Missed)} end),
    {noreply, State#{Node := Member#member{state = updating}}};
handle_info(look, State) ->
    %% Nothing else would bring back a connection that was lost.
    _ = [spawn(fun() -> net_kernel:connect_node(Node) end) || {Node, #member{state = down}} <- maps:to_list(State)],
    erlang:send_after(?LOOK, self(), look),
    {noreply, State};
handle_info({updated, Node, Sent, Result}, State) ->
    {noreply, State#{Node := updated(Node, Sent, Result, map_get(Node, State))}};
handle_info(_Other, State) ->
    {noreply, State}.

%% What was loaded during the update is still missed.
updated(_Node, Sent, ok, #member{state = updating, missed = Missed} = Member) ->
    case Missed -- Sent of
        [] -> Member#member{state = up, missed = []};
        More -> Member#member{state = outdated, missed = More}
    end;
updated(Node, _Sent, {error, Reason}, #member{state = updating} = Member) ->
    logger:warning("The node ~ts came back and cannot be brought up to date: ~ts", [Node, Reason]),
    Member#member{state = outdated};
updated(_Node, _Sent, _Result, Member) ->
    Member.

brought_up_to_date(Node, Missed) ->
    try
        {ok, _} = erpc:call(Node, application, ensure_all_started, [beamtalk_workspace], ?LIMIT),
        Known = known(Node),
        Parts = [#{module => Module, file => unicode:characters_to_binary(File), beam => Beam}
                 || {Module, File, Beam, _} <- ets:tab2list(?CODE), is_atom(Module),
                    is_needed(Module, Beam, Missed, Known)],
        case Parts of
            [] -> ok;
            _ -> sent(Node, erpc:call(Node, beamtalk_workspace_loader, load, [#{modules => Parts}], ?LIMIT), Parts)
        end
    catch
        Class:Reason -> {error, io_lib:format("~tp:~tp", [Class, Reason])}
    end.

known(Node) ->
    Mine = [Module || {Module, _, _, _} <- ets:tab2list(?CODE), is_atom(Module)],
    maps:from_list(erpc:call(Node, ?MODULE, checksums, [Mine], ?LIMIT)).

%% @doc What code this node has of the modules.
-spec checksums([module()]) -> [{module(), binary() | absent}].
checksums(Modules) ->
    [{Module, md5(Module)} || Module <- Modules].

md5(Module) ->
    case erlang:module_loaded(Module) of
        true -> Module:module_info(md5);
        false -> absent
    end.

is_needed(Module, Beam, Missed, Known) ->
    case maps:get(Module, Known, absent) of
        absent -> true;
        Md5 -> lists:member(Module, Missed) andalso Md5 =/= code:module_md5(Beam)
    end.

sent(Node, {ok, _}, Parts) ->
    logger:notice("The node ~ts came back and was sent ~b modules", [Node, length(Parts)]),
    ok;
sent(_Node, {error, #{message := Message}}, _Parts) ->
    {error, Message}.
