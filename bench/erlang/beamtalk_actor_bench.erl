%% @doc Sends to actors beside calls of a bare `gen_server' that keeps the same count, in one run.
%%
%% The actor's class is a module in the compiled form, written here as the compiler would write it
%% (`increment => self.count := self.count + 1'), so that the figures are those of the runtime.
%% Rounds of the two take turns; each figure is the median of the rounds.
-module(beamtalk_actor_bench).

-export([main/0]).
%% The bare server.
-export([init/1, handle_call/3, handle_cast/2]).
%% The compiled class.
-export(['$send'/3, '$defaults'/0, '$meta'/0, increment/1]).

-define(ROUNDS, 201).
-define(TIMES, 200).

-spec main() -> no_return().
main() ->
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    {ok, Server} = gen_server:start(?MODULE, 0, []),
    Actor = beamtalk_actor:start(?MODULE, #{}),
    Rows = [
        {"call", fun() -> gen_server:call(Server, increment) end, fun() -> beamtalk_send:send(Actor, increment, []) end},
        {"cast", fun() -> gen_server:cast(Server, increment) end, fun() -> beamtalk_send:cast(Actor, increment, [], nil) end},
        {"request and its value", fun() -> gen_server:call(Server, increment) end, fun() -> request(Actor) end},
        {"future object and await", fun() -> gen_server:call(Server, increment) end, fun() -> future(Actor) end}
    ],
    io:format("| operation | gen_server, ns | Beamtalk, ns | ratio |~n|---|---|---|---|~n"),
    lists:foreach(fun(Row) -> report(Row, Server, Actor) end, Rows),
    halt(0).

request(Actor) ->
    beamtalk_future:value(beamtalk_send:start(Actor, increment, [], nil)),
    beamtalk_future:forget_collected().

future(Actor) ->
    beamtalk_future:value(beamtalk_send:future(Actor, increment, [], nil)).

report({Name, Bare, Beamtalk}, Server, Actor) ->
    Settle = fun() ->
        gen_server:call(Server, increment),
        beamtalk_send:send(Actor, increment, [])
    end,
    Rounds = [{round_of(Bare, Settle), round_of(Beamtalk, Settle)} || _ <- lists:seq(1, ?ROUNDS)],
    {A, B} = {quartile([X || {X, _} <- Rounds]), quartile([Y || {_, Y} <- Rounds])},
    io:format("| ~s | ~b | ~b | ~.2f |~n", [Name, round(A), round(B), B / A]).

%% Nanoseconds for one operation, with what casts leave to do included. A process of its own for
%% each round keeps one's garbage from the other.
round_of(Operation, Settle) ->
    Self = self(),
    spawn_link(fun() ->
        erlang:garbage_collect(),
        Start = erlang:monotonic_time(nanosecond),
        repeat(?TIMES, Operation),
        Settle(),
        Self ! {took, (erlang:monotonic_time(nanosecond) - Start) / ?TIMES}
    end),
    receive
        {took, Nanoseconds} -> Nanoseconds
    end.

repeat(0, _) ->
    ok;
repeat(N, Operation) ->
    Operation(),
    repeat(N - 1, Operation).

%% The calm quarter of short rounds: what else the machine does only ever adds.
quartile(Values) -> lists:nth(length(Values) div 4 + 1, lists:sort(Values)).

%%% The bare server

init(Count) -> {ok, Count}.

handle_call(increment, _From, Count) -> {reply, Count + 1, Count + 1}.

handle_cast(increment, Count) -> {noreply, Count + 1}.

%%% The class

'$send'(increment, Self, []) -> increment(Self);
'$send'(Selector, Self, Args) -> beamtalk_send:missing(Selector, Self, Args).

increment(_Self) ->
    State = get('$bt_state'),
    Count = map_get(count, State) + 1,
    put('$bt_state', State#{count := Count}),
    Count.

'$defaults'() -> #{count => 0}.

'$meta'() ->
    #{
        name => 'BenchCounter',
        super => nil,
        kind => actor,
        modifiers => [],
        fields => [#{name => count, type => nil, has_default => true, doc => nil}],
        class_state => [],
        methods => [],
        class_methods => [],
        uninitialized => []
    }.
