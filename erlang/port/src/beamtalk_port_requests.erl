%%% Requests of connected nodes to the bridge.
%%%
%%% A process on any connected node sends `{request, From, Ref, Term}' to the process that is
%%% registered here as `beamtalk_port_requests'; it gets `{reply, Ref, Answer}', where `Answer' is
%%% `{ok, Value}' or `{error, Message}'. Requests of processes that die are forgotten.
-module(beamtalk_port_requests).
-behaviour(gen_server).

-export([start/0, reply/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-record(state, {next = 1 :: pos_integer(),
                waiting = #{} :: #{pos_integer() => {pid(), term(), reference()}}}).

%% @doc Starts the process.
-spec start() -> {ok, pid()} | {error, term()}.
start() ->
    gen_server:start({local, ?MODULE}, ?MODULE, [], []).

%% @doc Hands the bridge's answer to whoever waits for it.
-spec reply(non_neg_integer(), beamtalk_port_frames:message()) -> ok.
reply(Id, Message) ->
    gen_server:cast(?MODULE, {reply, Id, Message}).

init([]) ->
    {ok, #state{}}.

handle_call(_, _, State) ->
    {reply, {error, unknown}, State}.

handle_cast({reply, Id, Message}, #state{waiting = Waiting} = State) ->
    case maps:take(Id, Waiting) of
        {{From, Ref, Monitor}, Rest} ->
            erlang:demonitor(Monitor, [flush]),
            From ! {reply, Ref, beamtalk_port_frames:decode(Message)},
            {noreply, State#state{waiting = Rest}};
        error ->
            {noreply, State}
    end.

handle_info({request, From, Ref, Term}, #state{next = Id, waiting = Waiting} = State) ->
    Monitor = erlang:monitor(process, From),
    %% In a process of its own: a bridge that does not read must not hold up the others.
    spawn(fun() -> beamtalk_port_frames:write(beamtalk_port:port(), {request, Id, Term}) end),
    {noreply, State#state{next = Id + 1, waiting = Waiting#{Id => {From, Ref, Monitor}}}};
handle_info({'DOWN', Monitor, process, _, _}, #state{waiting = Waiting} = State) ->
    Rest = maps:filter(fun(_, {_, _, M}) -> M =/= Monitor end, Waiting),
    {noreply, State#state{waiting = Rest}};
handle_info(_, State) ->
    {noreply, State}.
