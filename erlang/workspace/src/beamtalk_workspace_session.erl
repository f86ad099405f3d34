%% @doc A session: one client's variables and the evaluator in which its expressions run, one
%% statement after the other. The session outlives any of its expressions: one that is
%% interrupted, runs too long or kills its own process costs only itself.
-module(beamtalk_workspace_session).
-behaviour(gen_server).

-export([open/2, start_link/2, evaluate/2, interrupt/1, close/1, bindings/1, clear/1, set/3, info/1, all/0, nodes/1]).
-export([init/1, handle_call/3, handle_info/2, handle_cast/2, terminate/2]).

-export_type([evaluation/0]).

%% An evaluation: the object code of a module and which of its statements to run. A statement that
%% fails ends it unless `continue' is true. `limit' is in milliseconds for each statement,
%% `output_limit' in bytes for each, `capture' hands the output over with the result. A statement of
%% `started' whose value is a future is not waited for. With `script' each value is shown as scripts
%% compare it.
-type evaluation() :: #{module := module(), beam := binary(), statements := [pos_integer()],
                        started => [pos_integer()], continue => boolean(), capture => boolean(), script => boolean(),
                        limit => timeout(),
                        output_limit => non_neg_integer() | infinity}.

-record(running, {from :: gen_server:from(), evaluation :: evaluation(), left :: [pos_integer()],
                  reference :: reference(), timer :: none | reference(), started = 0 :: integer(), blocks = 0 :: non_neg_integer(),
                  done = [] :: [map()],
                  %% The process that runs what is left of a statement that was stopped, and the statement's result.
                  unwinding = none :: none | {pid(), map()}}).

-record(state, {id :: binary(), nodes :: [binary()] | cluster, client :: pid(), output :: pid(), evaluator :: pid(),
                kept = #{} :: #{term() => term()}, running = none :: none | #running{},
                waiting = queue:new() :: queue:queue({gen_server:from(), evaluation()})}).

-define(OUTPUT_LIMIT, 4194304).
%% Milliseconds for the `ensure:' blocks of a statement that is stopped.
-define(UNWINDING_LIMIT, 5000).
%% Where the session ends with it; less than its supervisor waits.
-define(CLOSING_LIMIT, 1500).
-define(NAMES, 8).

%% @doc Opens a session of a client process, to which its output is sent. It closes when the client
%% ends. The option `nodes' says where what it changes is changed beside this node. Answers names for the first evaluated modules; each evaluation answers one more.
-spec open(pid(), map()) -> {ok, #{id := binary(), pid := pid(), names := [module()]}} | {error, term()}.
open(Client, Options) ->
    case beamtalk_workspace_session_sup:start_session(Client, Options) of
        {ok, Pid} -> opened(Pid, beamtalk_workspace_names:lend(?NAMES));
        {error, Reason} -> {error, Reason}
    end.

opened(Pid, {ok, Names}) ->
    #{id := Id} = info(Pid),
    {ok, #{id => Id, pid => Pid, names => Names}};
opened(Pid, {error, too_many}) ->
    close(Pid),
    {error, beamtalk_workspace_problem:problem(
        too_many_blocks, <<"no session can be opened: too many evaluated blocks are kept">>,
        <<"let go of blocks that are kept in variables, actors or timers">>)}.

-spec start_link(pid(), map()) -> gen_server:start_ret().
start_link(Client, Options) ->
    gen_server:start_link(?MODULE, {Client, Options}, []).

%% @doc Runs statements and answers their results in order, the number of bytes of output sent so
%% far, and a name for a later module.
-spec evaluate(pid(), evaluation()) ->
    {ok, #{results := [map()], written := non_neg_integer(), name := module() | nil}} | {error, map()}.
evaluate(Session, Evaluation) ->
    try gen_server:call(Session, {evaluate, Evaluation}, infinity)
    catch exit:{Reason, _} ->
        {error, #{kind => session_gone, hint => nil,
                  message => unicode:characters_to_binary(io_lib:format("the session ended: ~tp", [Reason]))}}
    end.

%% @doc Stops the running statement, after its `ensure:' blocks; the session and its variables stay. Said
%% again, it stops these blocks too.
-spec interrupt(pid()) -> ok | idle.
interrupt(Session) ->
    gen_server:call(Session, interrupt).

-spec close(pid()) -> ok.
close(Session) ->
    gen_server:stop(Session).

%% @doc The session's variables.
-spec bindings(pid()) -> #{atom() => term()}.
bindings(Session) ->
    gen_server:call(Session, bindings).

%% @doc Forgets all variables.
-spec clear(pid()) -> ok | busy.
clear(Session) ->
    gen_server:call(Session, clear).

%% @doc Gives a variable a value.
-spec set(pid(), atom(), term()) -> ok | busy.
set(Session, Name, Value) ->
    gen_server:call(Session, {set, Name, Value}).

-spec info(pid()) -> #{id := binary(), pid := pid(), client := pid(), busy := boolean()}.
info(Session) ->
    gen_server:call(Session, info).

%% @doc All open sessions.
%% @doc The nodes beside this one that the session changes: some by their names, or its whole cluster.
-spec nodes(pid()) -> [binary()] | cluster.
nodes(Session) ->
    gen_server:call(Session, nodes).

-spec all() -> [map()].
all() ->
    lists:append([try [info(Pid)] catch exit:_ -> [] end || Pid <- beamtalk_workspace_session_sup:sessions()]).

-spec init({pid(), map()}) -> {ok, #state{}}.
init({Client, Options}) ->
    process_flag(trap_exit, true),
    monitor(process, Client),
    Id = maps:get(id, Options, new_id()),
    {ok, Output} = beamtalk_workspace_output:start(Client, Id),
    subscribe(Output),
    {ok, #state{id = Id, nodes = maps:get(nodes, Options, []), client = Client, output = Output,
                evaluator = beamtalk_workspace_evaluator:start(Id, Output, #{})}}.

%% The transcript tells its subscribers; a node without the class library has none.
subscribe(Output) ->
    try beamtalk_transcript_stream:subscribe(Output) of _ -> ok
    catch error:_ -> ok
    end.

new_id() ->
    Number = erlang:unique_integer([positive, monotonic]),
    <<"s", (integer_to_binary(Number))/binary>>.

-spec handle_call(term(), gen_server:from(), #state{}) ->
    {reply, term(), #state{}} | {noreply, #state{}}.
handle_call({evaluate, Evaluation}, From, #state{running = none} = State) ->
    {noreply, begin_evaluation(From, Evaluation, State)};
handle_call({evaluate, Evaluation}, From, #state{waiting = Waiting} = State) ->
    {noreply, State#state{waiting = queue:in({From, Evaluation}, Waiting)}};
handle_call(interrupt, _From, #state{running = none} = State) ->
    {reply, idle, State};
handle_call(interrupt, _From, State) ->
    {reply, ok, stopping(interrupted(), State)};
handle_call(bindings, _From, #state{kept = Kept} = State) ->
    {reply, maps:from_list([{Name, Value} || {{'$bt_var', Name}, Value} <- maps:to_list(Kept)]), State};
handle_call(info, _From, State) ->
    #state{id = Id, client = Client, running = Running} = State,
    {reply, #{id => Id, pid => self(), client => Client, busy => Running =/= none}, State};
handle_call(nodes, _From, #state{nodes = Nodes} = State) ->
    {reply, Nodes, State};
handle_call(clear, _From, #state{running = none, evaluator = Evaluator} = State) ->
    {reply, tell(Evaluator, fun(Reference) -> {clear, self(), Reference} end), State#state{kept = #{}}};
handle_call({set, Name, Value}, _From, #state{running = none, evaluator = Evaluator, kept = Kept} = State) ->
    Key = {'$bt_var', Name},
    ok = tell(Evaluator, fun(Reference) -> {set, self(), Reference, Key, Value} end),
    {reply, ok, State#state{kept = Kept#{Key => Value}}};
handle_call(_Request, _From, State) ->
    {reply, busy, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_Message, State) ->
    {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, normal, #state{}}.
handle_info({done, Reference, Result, Changed, Gone}, #state{running = #running{reference = Reference}} = State) ->
    Kept = maps:merge(maps:without(Gone, State#state.kept), Changed),
    {noreply, next(finished(Result, State#state{kept = Kept}))};
handle_info({limit, Reference}, #state{running = #running{reference = Reference, evaluation = Evaluation}} = State) ->
    {noreply, stopping(too_long(maps:get(limit, Evaluation)), State)};
handle_info({unwinding_limit, Unwinder}, #state{running = #running{unwinding = {Unwinder, _}}} = State) ->
    {noreply, stopping(none, State)};
handle_info({unwound, Unwinder, Variables, Problem}, #state{running = #running{unwinding = {Unwinder, Result}}} = State) ->
    Told = case Problem of nil -> Result; _ -> Result#{hint => Problem} end,
    {noreply, unwound(Told, State#state{kept = maps:merge(State#state.kept, Variables)})};
handle_info({'EXIT', Unwinder, Reason}, #state{running = #running{unwinding = {Unwinder, Result}}} = State)
  when Reason =/= normal ->
    {noreply, unwound(Result#{hint => <<"an ensure: block was stopped">>}, ended_by_force(State))};
handle_info({'EXIT', Evaluator, Reason}, #state{evaluator = Evaluator, running = Running} = State) ->
    Died = died(Reason, beamtalk_workspace_memory:unwatch(Evaluator)),
    Fresh = restart(State),
    case Running of
        none -> {noreply, Fresh};
        _ -> {noreply, next(finished(Died, Fresh))}
    end;
handle_info({'DOWN', _, process, Client, _}, #state{client = Client} = State) ->
    {stop, normal, State};
handle_info(_Other, State) ->
    {noreply, State}.

-spec terminate(term(), #state{}) -> ok.
terminate(_Reason, #state{output = Output, evaluator = Evaluator, running = Running} = State) ->
    unlink(Evaluator),
    case Running of
        none -> exit(Evaluator, kill);
        #running{unwinding = none} -> ok = beamtalk_unwind:stop(Evaluator, ?CLOSING_LIMIT);
        _ -> ended_by_force(State)
    end,
    beamtalk_workspace_output:detach(Output).

begin_evaluation(From, #{module := Module, beam := Beam, statements := Statements} = Evaluation, State) ->
    _ = code:soft_purge(Module),
    case code:load_binary(Module, atom_to_list(Module), Beam) of
        {module, Module} ->
            next(State#state{running = #running{from = From, evaluation = Evaluation, left = Statements,
                                                reference = make_ref(), timer = none,
                                                blocks = beamtalk_workspace_blocks:count(Beam)}});
        {error, Reason} ->
            Message = unicode:characters_to_binary(
                io_lib:format("the node does not take the evaluated code: ~tp", [Reason])),
            gen_server:reply(From, {error, #{kind => not_loadable, message => Message, hint => nil}}),
            after_evaluation(State#state{running = none})
    end.

%% Runs the next statement, or ends the evaluation.
next(#state{running = #running{left = []}} = State) ->
    ended(State);
next(#state{running = #running{left = [Statement | Left], evaluation = Evaluation} = Running} = State) ->
    Reference = make_ref(),
    ok = beamtalk_workspace_output:begin_statement(
        State#state.output,
        #{limit => maps:get(output_limit, Evaluation, ?OUTPUT_LIMIT),
          capture => maps:get(capture, Evaluation, false)}),
    Timer = timer(maps:get(limit, Evaluation, infinity), Reference),
    beamtalk_workspace_memory:watch(State#state.evaluator, State#state.output),
    beamtalk_workspace_evaluator:run(State#state.evaluator, Reference, #{
        module => maps:get(module, Evaluation),
        number => Statement,
        makes_blocks => Running#running.blocks > 0,
        prints => maps:get(script, Evaluation, false),
        waits => not lists:member(Statement, maps:get(started, Evaluation, []))}),
    State#state{running = Running#running{left = Left, reference = Reference, timer = Timer,
                                          started = erlang:monotonic_time(microsecond)}}.

timer(infinity, _Reference) -> none;
timer(Limit, Reference) -> erlang:send_after(Limit, self(), {limit, Reference}).

finished(Result, #state{running = #running{timer = Timer, done = Done, evaluation = Evaluation,
                                           started = Started} = Running,
                        output = Output} = State) ->
    Took = #{microseconds => erlang:monotonic_time(microsecond) - Started},
    _ = Timer =/= none andalso erlang:cancel_timer(Timer),
    {Written, Kept} = beamtalk_workspace_output:flush(Output),
    Left = case Result of
        #{status := ok} -> Running#running.left;
        #{status := error} ->
            case maps:get(continue, Evaluation, false) of
                true -> Running#running.left;
                false -> []
            end;
        _ -> []
    end,
    State#state{running = Running#running{
        left = Left, done = [maps:merge(Took, Result#{output => Kept, written => Written}) | Done]}}.

ended(#state{running = #running{from = From, done = Done, blocks = Blocks,
                                evaluation = #{module := Module, beam := Beam}}} = State) ->
    _ = beamtalk_workspace_memory:unwatch(State#state.evaluator),
    beamtalk_workspace_names:give_back([{Module, Beam, Blocks}]),
    Name = case beamtalk_workspace_names:lend(1) of
        {ok, [Lent]} -> Lent;
        {error, too_many} -> nil
    end,
    Written = case Done of [#{written := Last} | _] -> Last; [] -> 0 end,
    gen_server:reply(From, {ok, #{results => lists:reverse(Done), written => Written, name => Name,
                                variables => variables(State)}}),
    after_evaluation(State#state{running = none}).

variables(#state{kept = Kept}) ->
    [Name || {'$bt_var', Name} <- maps:keys(Kept)].

after_evaluation(#state{waiting = Waiting} = State) ->
    case queue:out(Waiting) of
        {empty, _} -> State;
        {{value, {From, Evaluation}}, Rest} -> begin_evaluation(From, Evaluation, State#state{waiting = Rest})
    end.

%% A running statement can only be stopped with its process; the variables go on in another one. What it
%% tells from now on comes too late.
stopping(Result, #state{evaluator = Evaluator, output = Output, running = #running{unwinding = none} = Running} = State) ->
    unlink(Evaluator),
    _ = Running#running.timer =/= none andalso erlang:cancel_timer(Running#running.timer),
    Unwinder = beamtalk_workspace_evaluator:unwind(Evaluator, Output),
    erlang:send_after(?UNWINDING_LIMIT, self(), {unwinding_limit, Unwinder}),
    State#state{running = Running#running{reference = make_ref(), timer = none, unwinding = {Unwinder, Result}}};
%% It has been stopped already, and its blocks take too long.
stopping(_Result, #state{running = #running{unwinding = {_, Result}}} = State) ->
    unwound(Result#{hint => <<"its ensure: blocks had not ended, and were stopped">>}, ended_by_force(State)).

%% The evaluator first: it is suspended, and would go on.
ended_by_force(#state{evaluator = Evaluator, running = #running{unwinding = {Unwinder, _}}} = State) ->
    exit(Evaluator, kill),
    unlink(Unwinder),
    exit(Unwinder, kill),
    State.

unwound(Result, #state{running = Running} = State) ->
    next(finished(Result, restart(State#state{running = Running#running{unwinding = none}}))).

restart(#state{id = Id, output = Output, kept = Kept, evaluator = Gone} = State) ->
    _ = beamtalk_workspace_memory:unwatch(Gone),
    State#state{evaluator = beamtalk_workspace_evaluator:start(Id, Output, Kept)}.

tell(Evaluator, Message) ->
    Reference = monitor(process, Evaluator),
    Evaluator ! Message(Reference),
    receive
        {Reference, Answer} -> demonitor(Reference, [flush]), Answer;
        {'DOWN', Reference, process, Evaluator, _} -> ok
    end.

interrupted() ->
    unfinished(interrupted, <<"interrupted">>, <<"Interrupted">>).

too_long(Limit) ->
    Text = unicode:characters_to_binary(io_lib:format("the expression ran longer than ~b ms", [Limit])),
    unfinished(timeout, Text, <<"Error: ", Text/binary>>).

died(_Reason, #{stacktrace := Stacktrace} = Stopped) ->
    Text = beamtalk_workspace_memory:text(Stopped),
    maps:merge(unfinished(exit, Text, <<"Error: ", Text/binary>>), beamtalk_workspace_error:place(Stacktrace));
died(killed, grown) ->
    ended_with(<<"the evaluating process was killed, or used too much memory">>);
died(killed, none) ->
    ended_with(<<"the evaluating process was killed">>);
died(Reason, _) ->
    ended_with(unicode:characters_to_binary(io_lib:format("the evaluating process was ended: ~tp", [Reason]))).

ended_with(Text) ->
    unfinished(exit, Text, <<"Error: ", Text/binary>>).

unfinished(Kind, Message, Text) ->
    #{status => Kind, kind => Kind, message => Message, text => Text, class => <<"Exception">>,
      hint => nil, where => nil, stack => []}.
