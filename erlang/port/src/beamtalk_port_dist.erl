%%% The distribution protocol of the port program (`-proto_dist beamtalk_port'): TCP as usual, with
%%% two differences on the connecting side.
%%%
%%% A node with a short name can be reached as well as one with a long name; the stock module
%%% allows only the kind that the own name is of. And the reason for which a connection attempt
%%% ended is kept, because `net_kernel:connect_node/1' answers no more than `false'.
-module(beamtalk_port_dist).

-export([listen/1, listen/2, accept/1, accept_connection/5, setup/5, close/1, select/1, address/0,
         is_node_name/1, setopts/2, getopts/2]).
-export([reason/1]).

listen(Name) -> inet_tcp_dist:listen(Name).
listen(Name, Host) -> inet_tcp_dist:listen(Name, Host).
accept(Listen) -> inet_tcp_dist:accept(Listen).

accept_connection(Acceptor, Socket, MyNode, Allowed, SetupTime) ->
    inet_tcp_dist:accept_connection(Acceptor, Socket, MyNode, Allowed, SetupTime).

%% @doc Starts the process of a connection; called by `net_kernel'.
-spec setup(node(), term(), node(), shortnames | longnames, timeout()) -> pid().
setup(Node, Type, MyNode, _, SetupTime) ->
    remember(Node, connecting),
    case erlang:function_exported(inet_tcp_dist, do_setup, 7) of
        true -> start(Node, Type, MyNode, SetupTime);
        false -> start_watched(Node, Type, MyNode, SetupTime)
    end.

%% As `inet_tcp_dist:setup/5' starts it, with the reason remembered before anybody hears of the end.
start(Node, Type, MyNode, SetupTime) ->
    Kernel = self(),
    Arguments = [inet_tcp, Kernel, Node, Type, MyNode, name_domain(Node), SetupTime],
    spawn_opt(fun() ->
                      try
                          apply(inet_tcp_dist, do_setup, Arguments)
                      catch
                          exit:Reason ->
                              remember(Node, Reason),
                              exit(Reason)
                      end
              end, dist_util:net_ticker_spawn_options()).

%% For a stock module that is made otherwise.
start_watched(Node, Type, MyNode, SetupTime) ->
    Pid = inet_tcp_dist:setup(Node, Type, MyNode, name_domain(Node), SetupTime),
    spawn(fun() -> watch(Node, Pid) end),
    Pid.

name_domain(Node) ->
    Host = lists:dropwhile(fun(C) -> C =/= $@ end, atom_to_list(Node)),
    case lists:member($., Host) orelse lists:member($:, Host) of
        true -> longnames;
        false -> shortnames
    end.

watch(Node, Pid) ->
    Reference = erlang:monitor(process, Pid),
    receive {'DOWN', Reference, process, Pid, Reason} -> remember(Node, Reason) end.

remember(Node, Reason) ->
    persistent_term:put({?MODULE, Node}, Reason).

%% @doc Why the last connection to the node ended, if it did. Where a process watches for that,
%% `net_kernel' may tell of the end before it knows: it is given half a second.
-spec reason(node()) -> term().
reason(Node) ->
    reason(Node, 100).

reason(Node, Tries) ->
    case persistent_term:get({?MODULE, Node}, undefined) of
        connecting when Tries > 0 ->
            receive after 5 -> reason(Node, Tries - 1) end;
        Reason ->
            Reason
    end.

close(Socket) -> inet_tcp_dist:close(Socket).
select(Node) -> inet_tcp_dist:select(Node).
address() -> inet_tcp_dist:address().
is_node_name(Node) -> inet_tcp_dist:is_node_name(Node).
setopts(Socket, Options) -> inet_tcp_dist:setopts(Socket, Options).
getopts(Socket, Options) -> inet_tcp_dist:getopts(Socket, Options).
