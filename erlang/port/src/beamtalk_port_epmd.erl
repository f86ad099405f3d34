%%% Where nodes are, without the epmd daemon: the module given by `-epmd_module'.
%%%
%%% The bridge says address and port of a node when it connects to it (`put/3'). For nodes of which
%%% only the name is known, the epmd of their host is asked. Nothing is registered anywhere.
%%% The functions run in the processes of `net_kernel' and of the connections.
-module(beamtalk_port_epmd).

-export([put/3, find/1]).
-export([start_link/0, register_node/2, register_node/3, port_please/2, port_please/3,
         address_please/3, listen_port_please/2, names/0, names/1]).

%% The version of the distribution protocol of every node since OTP 23 ("high" of erl_epmd).
-define(VERSION, 6).

%% @doc Remembers where a node listens.
-spec put(node(), inet:ip_address(), inet:port_number()) -> ok.
put(Node, Address, Port) ->
    persistent_term:put({?MODULE, atom_to_list(Node)}, {Address, Port}).

%% @doc Where a node listens, if that was said.
-spec find(string()) -> {inet:ip_address(), inet:port_number()} | undefined.
find(Name) ->
    persistent_term:get({?MODULE, Name}, undefined).

%% @doc Nothing to start: there is no daemon to hold a connection to.
-spec start_link() -> ignore.
start_link() -> ignore.

-spec register_node(string(), inet:port_number()) -> {ok, 1..3}.
register_node(Name, Port) -> register_node(Name, Port, inet).

-spec register_node(string(), inet:port_number(), inet | inet6) -> {ok, 1..3}.
register_node(_, _, _) -> {ok, 1}.

-spec address_please(string(), string(), inet | inet6) ->
          {ok, inet:ip_address(), inet:port_number(), non_neg_integer()} |
          {ok, inet:ip_address()} | {error, term()}.
address_please(Name, Host, Family) ->
    case find(Name ++ "@" ++ Host) of
        {Address, Port} -> {ok, Address, Port, ?VERSION};
        undefined -> erl_epmd:address_please(Name, Host, Family)
    end.

-spec port_please(string(), string() | inet:ip_address()) -> term().
port_please(Name, Host) -> port_please(Name, Host, 5000).

-spec port_please(string(), string() | inet:ip_address(), timeout()) -> term().
port_please(Name, Host, Timeout) -> erl_epmd:port_please(Name, Host, Timeout).

-spec listen_port_please(string(), string()) -> {ok, 0}.
listen_port_please(_, _) -> {ok, 0}.

-spec names() -> {error, address}.
names() -> {error, address}.

-spec names(term()) -> {error, address}.
names(_) -> {error, address}.
