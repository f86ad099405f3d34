%% @doc Where nodes are, without the epmd daemon: the `-epmd_module' of workspace nodes. A workspace
%% node keeps its port in a file of its owner's folder, and finds its siblings by theirs; for other
%% nodes the epmd of their host is asked. Each workspace has a cookie of its own: who connects to a
%% sibling takes that one's, which only their common owner can read. The functions run in
%% `net_kernel' and in connections.
-module(beamtalk_workspace_epmd).

-export([listening_port/0, folder/0, forget/0, use_cookie/2]).
-export([start_link/0, register_node/2, register_node/3, port_please/2, port_please/3,
         address_please/3, listen_port_please/2, names/0, names/1]).

%% The version of the distribution protocol of every node since OTP 23.
-define(VERSION, 6).

%% @doc The port on which this node listens.
-spec listening_port() -> inet:port_number() | undefined.
listening_port() ->
    persistent_term:get({?MODULE, port}, undefined).

%% @doc The folder with a file for each node: its name is the node's, its lines are the port and the
%% folder of the node's record.
-spec folder() -> file:filename() | undefined.
folder() ->
    case os:getenv("BEAMTALK_NODES") of
        false -> undefined;
        Folder -> Folder
    end.

%% @doc Takes away this node's file.
-spec forget() -> ok.
forget() ->
    _ = folder() =:= undefined orelse file:delete(node_file(atom_to_list(node()))),
    ok.

-spec start_link() -> ignore.
start_link() -> ignore.

-spec register_node(string(), inet:port_number()) -> {ok, 1..3}.
register_node(Name, Port) -> register_node(Name, Port, inet).

-spec register_node(string(), inet:port_number(), inet | inet6) -> {ok, 1..3}.
register_node(_Name, Port, _Family) ->
    persistent_term:put({?MODULE, port}, Port),
    %% A node that restarts at once must not look like the one before.
    {ok, erlang:phash2({os:getpid(), erlang:system_time()}, 3) + 1}.

-spec address_please(string(), string(), inet | inet6) ->
    {ok, inet:ip_address(), inet:port_number(), non_neg_integer()} | {ok, inet:ip_address()} | {error, term()}.
address_please(Name, Host, Family) ->
    case known_port(Name ++ "@" ++ Host) of
        {ok, Port} ->
            take_cookie(Name ++ "@" ++ Host),
            {ok, {127, 0, 0, 1}, Port, ?VERSION};
        error -> erl_epmd:address_please(Name, Host, Family)
    end.

-spec port_please(string(), string() | inet:ip_address()) -> term().
port_please(Name, Host) -> port_please(Name, Host, 5000).

-spec port_please(string(), string() | inet:ip_address(), timeout()) -> term().
port_please(Name, Host, Timeout) ->
    case is_list(Host) andalso known_port(Name ++ "@" ++ Host) of
        {ok, Port} -> {port, Port, ?VERSION};
        _ -> erl_epmd:port_please(Name, Host, Timeout)
    end.

-spec listen_port_please(string(), string()) -> {ok, 0}.
listen_port_please(_, _) -> {ok, 0}.

-spec names() -> {error, address}.
names() -> {error, address}.

-spec names(term()) -> {error, address}.
names(_) -> {error, address}.

known_port(Node) ->
    case sibling(Node) of
        [Port | _] -> {ok, binary_to_integer(Port)};
        [] -> error
    end.

%% The lines of a sibling's file.
sibling(Node) ->
    case folder() =/= undefined andalso file:read_file(node_file(Node)) of
        {ok, Text} -> string:lexemes(Text, "\n");
        _ -> []
    end.

take_cookie(Node) ->
    case sibling(Node) of
        [_, Record | _] -> set_cookie(Node, file:read_file(filename:join(Record, ".erlang.cookie")));
        _ -> ok
    end.

set_cookie(Name, {ok, Text}) ->
    Node = list_to_atom(Name),
    is_set_by_hand(Node) orelse use_cookie(Node, binary_to_atom(string:trim(Text))),
    ok;
set_cookie(_Name, {error, _}) ->
    ok.

%% @doc Connections to and from a node take this cookie. One that somebody sets afterwards by
%% `erlang:set_cookie/2' counts instead, until this is said again: a wrong one keeps the nodes apart.
-spec use_cookie(node(), atom()) -> ok.
use_cookie(Node, Cookie) ->
    true = erlang:set_cookie(Node, Cookie),
    persistent_term:put({?MODULE, cookie, Node}, Cookie).

is_set_by_hand(Node) ->
    Cookie = erlang:get_cookie(Node),
    Cookie =/= erlang:get_cookie() andalso Cookie =/= persistent_term:get({?MODULE, cookie, Node}, none).

node_file(Node) ->
    filename:join(folder(), Node).
