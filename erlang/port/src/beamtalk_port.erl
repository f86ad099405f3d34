%%% The port program: a hidden Erlang node that a bridge has started and talks to.
%%%
%%% `erl' is started with `-user beamtalk_port', so the process of this module is the system's
%%% `user': whatever is printed to it is sent to the bridge as a push, and nothing but frames is
%%% ever written to the bridge. The frames go over the descriptors 3 and 4 where the environment
%%% says so (the bridge puts its pipe there, and standard output onto standard error, so that even
%%% `erlang:display/1' disturbs no frame), else over 0 and 1.
%%%
%%% One process, registered as `user', owns the descriptors, starts a worker
%%% for each request and answers the io protocol. It never waits for anything but its mailbox.
%%% When the bridge's end closes, the whole system halts.
-module(beamtalk_port).

-export([start/0, port/0, push/2]).

-record(state, {port :: port(),
                in = beamtalk_port_frames:new() :: beamtalk_port_frames:streams(),
                workers = #{} :: #{non_neg_integer() => pid()},
                ids = #{} :: #{pid() => non_neg_integer()}}).

%% @doc Starts the program; called by the kernel application for the flag `-user'.
-spec start() -> pid().
start() ->
    Parent = self(),
    Pid = spawn(fun() -> init(Parent) end),
    receive {Pid, started} -> Pid after 5000 -> exit(beamtalk_port_not_started) end.

%% @doc The port to the bridge: any process may write whole frames to it.
-spec port() -> port().
port() ->
    persistent_term:get({?MODULE, port}).

%% @doc Tells the bridge something that it did not ask for.
-spec push(atom(), term()) -> ok.
push(Topic, Term) ->
    beamtalk_port_frames:write(port(), {push, Topic, Term}).

init(Parent) ->
    process_flag(trap_exit, true),
    true = register(user, self()),
    true = group_leader(self(), self()),
    {In, Out} = descriptors(),
    Port = open_port({fd, In, Out}, [{packet, 4}, binary, eof]),
    persistent_term:put({?MODULE, port}, Port),
    Parent ! {self(), started},
    spawn(fun beamtalk_port_node:boot/0),
    loop(#state{port = Port}).

descriptors() ->
    case os:getenv("PORT_PROGRAM_FDS") of
        "3,4" -> {3, 4};
        _ -> {0, 1}
    end.

loop(#state{port = Port} = State) ->
    receive
        {Port, {data, Frame}} ->
            loop(frame(beamtalk_port_frames:read(Frame, State#state.in), State));
        {'DOWN', _, process, Pid, Reason} ->
            loop(worker_down(Pid, Reason, State));
        {io_request, From, ReplyAs, Request} ->
            beamtalk_port_io:request(From, ReplyAs, Request),
            loop(State);
        {Port, eof} ->
            erlang:halt(0, [{flush, false}]);
        {'EXIT', Port, _} ->
            erlang:halt(0, [{flush, false}]);
        _ ->
            loop(State)
    end.

frame({more, Streams}, State) ->
    State#state{in = Streams};
frame({message, {request, Id}, Message, Streams}, State) ->
    start_worker(Id, Message, State#state{in = Streams});
frame({message, {cancel, Id}, _, Streams}, #state{workers = Workers} = State) ->
    case Workers of
        #{Id := Pid} -> exit(Pid, kill);
        #{} -> ok
    end,
    State#state{in = Streams};
frame({message, {reply, Id}, Message, Streams}, State) ->
    beamtalk_port_requests:reply(Id, Message),
    State#state{in = Streams}.

start_worker(Id, Message, #state{workers = Workers, ids = Ids} = State) ->
    {Pid, _} = spawn_opt(fun() -> beamtalk_port_worker:run(Id, Message) end, [monitor]),
    State#state{workers = Workers#{Id => Pid}, ids = Ids#{Pid => Id}}.

worker_down(Pid, Reason, #state{workers = Workers, ids = Ids} = State) ->
    case maps:take(Pid, Ids) of
        {Id, RestIds} ->
            Reason =:= normal orelse beamtalk_port_worker:died(Id, Reason),
            State#state{workers = maps:remove(Id, Workers), ids = RestIds};
        error ->
            State
    end.
