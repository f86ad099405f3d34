%%% The port program as a node: distribution, connections, calls, sends, monitors.
%%%
%%% The process of this module starts distribution once the kernel is up, holds the monitors that
%%% the bridge has asked for, and pushes `ready', `nodeup', `nodedown' and `down'. Connecting,
%%% calling and sending run in the processes of their requests.
-module(beamtalk_port_node).
-behaviour(gen_server).

-export([boot/0, await/0, connect/2, disconnect/1, call/5, send/2, monitor/1, demonitor/1]).
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2]).

-define(CONNECT_TIMEOUT, 7000).

%% @doc Starts the process; answers when it runs, not when distribution does.
-spec boot() -> ok.
boot() ->
    {ok, _} = gen_server:start({local, ?MODULE}, ?MODULE, [], []),
    {ok, _} = beamtalk_port_requests:start(),
    ok.

%% @doc The own node's name, once distribution has started.
-spec await() -> node().
await() ->
    case gen_server:call(?MODULE, started, infinity) of
        ok -> node();
        {error, Reason} -> throw({bridge, {distribution_failed, Reason}})
    end.

%% @doc Connects to a node as a hidden one. Options: `cookie' (binary), `address' (binary), `port',
%% `timeout' in milliseconds. Without a port the epmd of the node's host is asked.
-spec connect(node(), map()) -> #{node := node(), otp := binary()}.
connect(Node, Options) ->
    _ = await(),
    Deadline = erlang:monotonic_time(millisecond) + maps:get(timeout, Options, ?CONNECT_TIMEOUT),
    case lists:member(Node, nodes(connected)) of
        true -> ok;
        false -> open(Node, Options, Deadline)
    end,
    #{node => Node, otp => otp_release(Node, Deadline)}.

open(Node, Options, Deadline) ->
    set_cookie(Node, Options),
    {Address, Port} = location(Node, Options, Deadline),
    beamtalk_port_epmd:put(Node, Address, Port),
    Self = self(),
    Connecting = spawn(fun() -> Self ! {self(), net_kernel:connect_node(Node)} end),
    receive
        {Connecting, true} -> ok;
        {Connecting, _} -> throw({bridge, refusal(Node, Address, Port)})
    after left(Deadline) ->
        throw({bridge, {connect_timeout, Node}})
    end.

set_cookie(Node, #{cookie := Cookie}) when is_binary(Cookie) ->
    erlang:set_cookie(Node, binary_to_atom(Cookie, utf8));
set_cookie(_, _) ->
    true.

location(Node, #{port := Port} = Options, _) ->
    Text = unicode:characters_to_list(maps:get(address, Options, <<"127.0.0.1">>)),
    case inet:getaddr(Text, inet) of
        {ok, Address} -> {Address, Port};
        {error, Reason} -> throw({bridge, {unknown_host, Node, Reason}})
    end;
location(Node, _, Deadline) ->
    {Name, [$@ | Host]} = lists:splitwith(fun(C) -> C =/= $@ end, atom_to_list(Node)),
    case inet:getaddr(Host, inet) of
        {ok, Address} -> {Address, registered_port(Node, Name, Address, Deadline)};
        {error, Reason} -> throw({bridge, {unknown_host, Node, Reason}})
    end.

registered_port(Node, Name, Address, Deadline) ->
    case erl_epmd:port_please(Name, Address, left(Deadline)) of
        {port, Port, _} ->
            Port;
        noport ->
            %% erl_epmd says the same for "nobody of this name" and "no daemon".
            case erl_epmd:names(Address) of
                {ok, _} -> throw({bridge, {not_registered, Node}});
                {error, _} -> throw({bridge, {epmd_unreachable, Node}})
            end;
        _ ->
            throw({bridge, {epmd_unreachable, Node}})
    end.

%% Why a connection did not come about: by what the handshake ended with, and by whether anybody
%% listens at all.
refusal(Node, Address, Port) ->
    case beamtalk_port_dist:reason(Node) of
        {recv_challenge_ack_failed, _} -> {cookie_mismatch, Node};
        {recv_challenge_reply_failed, bad_cookie} -> {cookie_mismatch, Node};
        {check_dflags_failed, Missing} -> {version_mismatch, Node, Missing};
        {recv_status_failed, not_allowed} -> {not_allowed, Node};
        {recv_challenge_failed, no_node, Name} -> {wrong_name, Node, list_to_binary(Name)};
        Reason -> unheard(Node, Address, Port, Reason)
    end.

unheard(Node, Address, Port, Reason) ->
    case gen_tcp:connect(Address, Port, [], 1000) of
        {ok, Socket} ->
            gen_tcp:close(Socket),
            {handshake_failed, Node, Reason};
        {error, Error} ->
            {dead_host, Node, Error}
    end.

left(Deadline) ->
    max(0, Deadline - erlang:monotonic_time(millisecond)).

otp_release(Node, Deadline) ->
    try
        list_to_binary(erpc:call(Node, erlang, system_info, [otp_release], left(Deadline) + 1000))
    catch
        _:_ -> throw({bridge, {handshake_failed, Node, no_answer}})
    end.

%% @doc Ends a connection.
-spec disconnect(node()) -> boolean().
disconnect(Node) ->
    erlang:disconnect_node(Node) =:= true.

%% @doc Calls a function on a node, or here for the node `local'. What it raises becomes the
%% request's answer, with the class in which the called code raised it.
-spec call(node(), module(), atom(), [term()], timeout()) -> term().
call(local, Module, Function, Args, _) ->
    apply(Module, Function, Args);
call(Node, Module, Function, Args, Timeout) ->
    try
        erpc:call(Node, Module, Function, Args, Timeout)
    catch
        throw:Value -> answer(throw, Value, []);
        error:{exception, Reason, Stack} -> answer(error, Reason, Stack);
        error:{erpc, Reason} -> throw({bridge, {Reason, Node}});
        exit:{exception, Reason} -> answer(exit, Reason, []);
        exit:{signal, Reason} -> answer(exit, Reason, [])
    end.

-spec answer(atom(), term(), term()) -> no_return().
answer(Class, Reason, Stack) ->
    throw({answer, {error, Class, Reason, Stack}}).

%% @doc Sends to a pid, a registered name here, or a name on a node.
-spec send(pid() | atom() | {atom(), node()}, term()) -> ok.
send(To, Term) ->
    case erlang:send(To, Term, [noconnect]) of
        ok -> ok;
        noconnect -> throw({bridge, {noconnection, node_of(To)}})
    end.

node_of({_, Node}) -> Node;
node_of(Pid) when is_pid(Pid) -> node(Pid);
node_of(_) -> node().

%% @doc Monitors a process; `{down, Reference, Reason}' is pushed when it ends.
-spec monitor(pid() | atom() | {atom(), node()}) -> reference().
monitor(What) ->
    gen_server:call(?MODULE, {monitor, What}).

%% @doc Ends a monitor.
-spec demonitor(reference()) -> true.
demonitor(Reference) ->
    gen_server:call(?MODULE, {demonitor, Reference}).

init([]) ->
    {ok, starting, {continue, distribution}}.

handle_continue(distribution, starting) ->
    ok = beamtalk_port_log:install(),
    Started = distribution(),
    State = case Started of
                {ok, _} -> ok;
                {error, Reason} -> {error, Reason}
            end,
    beamtalk_port:push(ready, #{node => node(), started => State =:= ok,
                                otp => list_to_binary(erlang:system_info(otp_release)),
                                os_pid => list_to_binary(os:getpid())}),
    _ = spawn(fun beamtalk_port_compile:warm/0),
    {noreply, State}.

%% Started here and not by a flag on the command line, so that a failure is an answer and no crash
%% of the boot. Nothing listens: other nodes cannot connect to this one.
distribution() ->
    Name = "bridge_" ++ os:getpid() ++ "_" ++
        integer_to_list(erlang:system_time(microsecond) band 16#ffffff) ++ "@127.0.0.1",
    Options = #{name_domain => longnames, dist_listen => false, hidden => true},
    Node = list_to_atom(Name),
    case without_crypto(fun() -> net_kernel:start(Node, Options) end) of
        {ok, Pid} ->
            watch_nodes(Pid);
        {error, {already_started, Pid}} ->
            %% By flags in the user's environment.
            watch_nodes(Pid);
        {error, Reason} ->
            {error, Reason}
    end.

watch_nodes(Pid) ->
    ok = net_kernel:monitor_nodes(true, [{node_type, all}, nodedown_reason]),
    {ok, Pid}.

%% The kernel takes the node's creation from `crypto' where it can, else from `rand', which is as good
%% for telling one life of a node from another. Loading OpenSSL for it would take half as long as
%% everything else together.
without_crypto(Fun) ->
    case code:lib_dir(crypto) of
        {error, bad_name} ->
            Fun();
        Folder ->
            _ = code:del_path(crypto),
            try
                Fun()
            after
                code:add_pathz(filename:join(Folder, "ebin"))
            end
    end.

handle_call(started, _, State) ->
    {reply, State, State};
handle_call({monitor, What}, _, State) ->
    {reply, erlang:monitor(process, What), State};
handle_call({demonitor, Reference}, _, State) ->
    {reply, erlang:demonitor(Reference, [flush]), State}.

handle_cast(_, State) ->
    {noreply, State}.

handle_info({nodeup, Node, _}, State) ->
    push(nodeup, Node),
    {noreply, State};
handle_info({nodedown, Node, Info}, State) ->
    push(nodedown, {Node, proplists:get_value(nodedown_reason, Info)}),
    {noreply, State};
handle_info({'DOWN', Reference, process, _, Reason}, State) ->
    push(down, {Reference, Reason}),
    {noreply, State};
handle_info(_, State) ->
    {noreply, State}.

push(Topic, Term) ->
    beamtalk_port:push(Topic, Term).
