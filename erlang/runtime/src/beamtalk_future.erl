%% @doc Futures, in two forms.
%%
%% A request is an actor's answer on its way to this process: a monitor, an alias and an entry in
%% the process dictionary under `$bt_requests', where the answer is kept once it has been collected
%% until the message that made the request ends. A future object is a process while it is pending;
%% then `beamtalk_future_store' remembers its result for all who ask. One that is resolved from the
%% start holds its value itself.
-module(beamtalk_future).

-export([value/1, await/1, 'await:'/2, of_send/4, resolved/1, rejected/2, state/1]).
-export([pipe/3]).
-export([note_request/1, late_reply/2, forget_collected/0, log_unawaited/2]).
-export(['class on:'/2, 'class resolved:'/2, 'class rejected:'/2, 'class all:'/2, 'class any:'/2]).
-export([isResolved/1, isRejected/1, isPending/1, cancel/1]).
-export(['whenResolved:'/2, 'whenRejected:'/2, 'whenResolved:whenRejected:'/3]).
-export(['map:'/2, 'then:'/2]).

-define(IMPLIED, 5000).
-define(EXPLICIT, 30000).
%% A process that is no actor, and so never ends a message, keeps about this many results.
-define(KEPT, 4096).

-type future() :: {'$future', pid() | {resolved, term()}}.
-type request() ::
    {'$request', reference(), pid() | {atom(), node()}, module(), atom(),
        beamtalk_send:site()}.
-export_type([future/0, request/0]).

%%% Waiting

%% The value of what a local holds: of a request or future its result, else the term itself.
-spec value(term()) -> term().
value({'$request', _, _, _, _, _} = Request) -> collect(Request, own_limit(Request, ?IMPLIED));
value({'$future', _} = Future) -> wait_implied(Future);
value(Value) -> Value.

-spec await(term()) -> term().
await({'$request', _, _, _, _, _} = Request) -> collect(Request, own_limit(Request, ?EXPLICIT));
await({'$future', _} = Future) -> wait(Future, ?EXPLICIT);
await(Value) -> Value.

-spec 'await:'(term(), term()) -> term().
'await:'(Future, Limit) ->
    Milliseconds = beamtalk_timer:limit('Future', 'await:', Limit),
    case Future of
        {'$request', _, _, _, _, _} -> collect(Future, Milliseconds);
        {'$future', _} -> wait(Future, Milliseconds);
        Value -> Value
    end.

%% A request that was made through a proxy of `withTimeout:' has that one's limit.
own_limit({'$request', _, _, _, _, {'$limit', Limit, _}}, _) -> Limit;
own_limit(_, Limit) -> Limit.

%%% Requests

%% Remembers that a request is under way, and where it was made.
-spec note_request(request()) -> ok.
note_request({'$request', Mref, _, _, _, _} = Request) ->
    case get('$bt_requests') of
        undefined -> put('$bt_requests', #{Mref => Request});
        Requests -> put('$bt_requests', Requests#{Mref => Request})
    end,
    ok.

collect({'$request', Mref, _, Module, Selector, _} = Request, Limit) ->
    case get('$bt_requests') of
        #{Mref := {ok, Value}} -> Value;
        #{Mref := {error, Exception}} -> beamtalk_block:raise_answer(Exception);
        _ -> receive_answer(Request, Mref, Module, Selector, Limit)
    end.

receive_answer(Request, Mref, Module, Selector, Limit) ->
    receive
        {[alias | Mref], Answer} ->
            keep(Mref, Answer),
            beamtalk_actor_send:reply_value(Answer);
        {'DOWN', Mref, _, _, Reason} ->
            Exception = beamtalk_actor_send:dead(Module, Selector, Reason),
            keep(Mref, {error, Exception}),
            erlang:error(Exception)
    after Limit ->
        late(Request),
        erlang:error(beamtalk_actor_send:timed_out(Module, Selector, Limit))
    end.

%% After a wait in vain the request is still open: a later wait may collect it.
late(Request) -> note_request(Request).

keep(Mref, Answer) ->
    Requests =
        case get('$bt_requests') of
            undefined -> #{};
            Map when map_size(Map) > ?KEPT -> maps:filter(fun(_, Entry) -> is_open(Entry) end, Map);
            Map -> Map
        end,
    put('$bt_requests', Requests#{Mref => Answer}),
    ok.

%% At the end of an actor's message: results that were collected can no longer be asked for.
-spec forget_collected() -> ok.
forget_collected() ->
    case get('$bt_requests') of
        undefined -> ok;
        Requests -> keep_open(maps:filter(fun(_, Entry) -> is_open(Entry) end, Requests))
    end.

keep_open(Open) when map_size(Open) =:= 0 ->
    erase('$bt_requests'),
    ok;
keep_open(Open) ->
    put('$bt_requests', Open),
    ok.

is_open({'$request', _, _, _, _, _}) -> true;
is_open(_) -> false.

%% An answer that arrives when its message has ended: nobody waited. Was it to one of ours?
-spec late_reply(reference(), term()) -> boolean().
late_reply(Mref, Reply) ->
    case get('$bt_requests') of
        #{Mref := {'$request', _, _, Module, Selector, Site}} = Requests ->
            keep_open(maps:remove(Mref, Requests)),
            report_late(Reply, Module, Selector, Site),
            true;
        _ ->
            false
    end.

report_late({error, Exception}, _, _, Site) ->
    log_unawaited(Exception, Site);
report_late({down, Reason}, Module, Selector, Site) ->
    log_unawaited(beamtalk_actor_send:dead(Module, Selector, Reason), Site);
report_late({ok, _}, _, _, _) ->
    ok.

%% Says that an error reached nobody, and where the send was.
-spec log_unawaited(term(), beamtalk_send:site()) -> ok.
log_unawaited(Exception, Site) ->
    logger:error(
        "A future that nobody waited for was rejected: ~ts~ts",
        [beamtalk_exception:printString(exception_of(Exception)), site_text(Site)],
        #{beamtalk => #{exception => Exception, site => Site}}
    ).

site_text({'$limit', _, Site}) ->
    site_text(Site);
site_text({Module, Selector, Line}) ->
    io_lib:format(" (sent in ~ts>>~ts, line ~w)", [
        beamtalk_class:module_class_name(Module), Selector, Line
    ]);
site_text(_) ->
    "".

%%% Future objects: making

%% Sends to an actor; the future's process takes the answer.
-spec of_send(beamtalk_actor:reference_(), atom(), [term()], beamtalk_send:site()) -> future().
of_send({'$actor', Module, _} = Actor, Selector, Args, Site) ->
    try beamtalk_actor_send:destination(Actor, Selector) of
        Target ->
            Tag = make_ref(),
            Pid = spawn(fun() -> take_answer(Tag, Target, Module, Selector, Site) end),
            beamtalk_actor_send:send_request(Target, Selector, Args, {Pid, Tag}),
            {'$future', Pid}
    catch
        error:Exception -> rejected(Exception, Site)
    end.

%% Whichever comes first, the answer or the monitor: the answer stands before the actor's end.
take_answer(Tag, Target, Module, Selector, Site) ->
    Monitor = erlang:monitor(process, Target),
    Fail = fun(Reason) -> beamtalk_actor_send:dead(Module, Selector, Reason) end,
    Late = fun(Limit) -> beamtalk_actor_send:timed_out(Module, Selector, Limit) end,
    beamtalk_future_process:pending({Tag, Monitor, Fail}, Late, Site).

-spec resolved(term()) -> future().
resolved(Value) -> {'$future', {resolved, Value}}.

-spec rejected(term(), beamtalk_send:site()) -> future().
rejected(Reason, Site) ->
    {'$future', spawn(fun() -> beamtalk_future_process:settled({rejected, Reason}, Site) end)}.

%% Runs the fun in a process of its own; the future has its value or its error.
computed(Fun, Site) ->
    {'$future', spawn(fun() -> beamtalk_future_process:running(Fun, Site) end)}.

%% `value |>> a first |>> b second: x': each stage is sent the value of the one before. The first
%% send leaves from here, so that it keeps its place among this process's sends.
-spec pipe(term(), [{term(), atom(), [term()]}], beamtalk_send:site()) -> future().
pipe({'$future', _} = Source, Stages, Site) ->
    computed(fun() -> run_stages(wait_long(Source), Stages) end, Site);
pipe({'$request', _, _, _, _, _} = Source, Stages, Site) ->
    pipe(value(Source), Stages, Site);
pipe(Source, [{Receiver, Selector, Args} | Rest], Site) ->
    Stage = beamtalk_pipe:selector(Receiver, Selector, length(Args)),
    First = beamtalk_send:as_future(Receiver, Stage, [Source | Args], Site),
    case Rest of
        [] -> First;
        _ -> computed(fun() -> run_stages(wait_long(First), Rest) end, Site)
    end.

run_stages(Value, Stages) ->
    lists:foldl(
        fun({Receiver, Selector, Args}, Previous) ->
            Stage = beamtalk_pipe:selector(Receiver, Selector, length(Args)),
            wait_long(beamtalk_send:send(Receiver, Stage, [Previous | Args]))
        end,
        Value,
        Stages
    ).

%%% Future objects: asking

%% A future that a proxy started has that one's limit, and ends by itself when it has passed.
wait_implied({'$future', Pid} = Future) ->
    case ask(Pid, await, ?IMPLIED) of
        timeout ->
            case ask(Pid, limit, ?IMPLIED) of
                none -> no_result(?IMPLIED);
                _ -> wait(Future, infinity)
            end;
        Outcome ->
            outcome_value(Outcome)
    end.

wait({'$future', Pid}, Limit) ->
    case ask(Pid, await, Limit) of
        timeout -> no_result(Limit);
        Outcome -> outcome_value(Outcome)
    end.

outcome_value({resolved, Value}) -> Value;
outcome_value({rejected, Reason}) -> beamtalk_block:raise_answer(exception_of(Reason));
outcome_value(noproc) ->
    beamtalk_exception:raise(timeout, 'Future', await, <<"The future has expired">>, nil, nil).

-spec no_result(timeout()) -> no_return().
no_result(Limit) -> beamtalk_exception:raise(timeout, 'Future', await, wait_text(Limit), nil, Limit).

wait_text(Limit) -> io_lib:format("The future has no result after ~w ms", [Limit]).

%% The state without waiting.
-spec state(future()) -> pending | {resolved, term()} | {rejected, term()}.
state({'$future', Pid}) ->
    case ask(Pid, state, ?IMPLIED) of
        Down when Down =:= timeout; Down =:= noproc -> {rejected, expired};
        State -> State
    end.

ask({resolved, _} = Outcome, Question, _Limit) ->
    beamtalk_future_process:reply_settled(Question, Outcome);
ask(Pid, Question, Limit) ->
    ask_process(Pid, Question, Limit).

ask_process(Pid, Question, Limit) ->
    Mref = erlang:monitor(process, Pid, [{alias, reply_demonitor}]),
    Pid ! {'$bt_future', Question, Mref},
    receive
        {Mref, Answer} -> Answer;
        {'DOWN', Mref, _, _, noconnection} -> noproc;
        {'DOWN', Mref, _, _, _} -> ask_store(Pid, Question)
    after Limit ->
        erlang:demonitor(Mref, [flush]),
        receive
            {Mref, Answer} -> Answer
        after 0 -> timeout
        end
    end.

%% The process has ended in the meantime: its node's store has the result.
ask_store(Pid, Question) ->
    case find_result(Pid) of
        {ok, Outcome} -> beamtalk_future_process:reply_settled(Question, Outcome);
        none -> noproc
    end.

find_result(Pid) when node(Pid) =:= node() ->
    beamtalk_future_store:find(Pid);
find_result(Pid) ->
    try
        erpc:call(node(Pid), beamtalk_future_store, find, [Pid], ?IMPLIED)
    catch
        error:{erpc, _} -> none
    end.

%% What is raised where a rejected future is waited for.
exception_of(Reason) ->
    case beamtalk_exception:is_exception(Reason) of
        true ->
            beamtalk_exception:remote(Reason);
        false ->
            Message = beamtalk_print:display_string(Reason),
            beamtalk_exception:make(user_error, 'Future', await, Message, nil, Reason)
    end.

%%% Class side

-spec 'class on:'(beamtalk_class:class_object(), term()) -> future().
'class on:'(_, Block) when is_function(Block, 0) -> computed(Block, nil);
'class on:'(_, Block) when is_function(Block) -> computed(fun() -> beamtalk_block:value(Block) end, nil);
'class on:'(_, Other) ->
    beamtalk_exception:type_error('Future', 'on:', <<"a Block">>, Other).

-spec 'class resolved:'(beamtalk_class:class_object(), term()) -> future().
'class resolved:'(_, Value) -> resolved(Value).

-spec 'class rejected:'(beamtalk_class:class_object(), term()) -> future().
'class rejected:'(_, Reason) -> rejected(Reason, nil).

%% Resolved with all values in order, or rejected with the first error in that order.
-spec 'class all:'(beamtalk_class:class_object(), term()) -> future().
'class all:'(_, Futures) ->
    List = as_list('all:', Futures),
    computed(fun() -> [wait_long(Future) || Future <- List] end, nil).

%% Resolved with the first value that comes; rejected when all are, with the last error.
-spec 'class any:'(beamtalk_class:class_object(), term()) -> future().
'class any:'(_, Futures) ->
    List = as_list('any:', Futures),
    computed(fun() -> first_resolved(List) end, nil).

as_list(_Selector, List) when is_list(List) -> List;
as_list(_Selector, #{'__class__' := 'bt@stdlib@Array', elements := Elements}) -> tuple_to_list(Elements);
as_list(Selector, Other) -> beamtalk_exception:type_error('Future', Selector, <<"a List of futures">>, Other).

wait_long({'$future', _} = Future) -> wait(Future, infinity);
wait_long(Value) -> Value.

first_resolved([]) ->
    beamtalk_exception:raise(empty_collection, 'Future', 'any:', <<"any: of no futures">>, nil, nil);
first_resolved(Futures) ->
    Collector = self(),
    Tag = make_ref(),
    [spawn_link(fun() -> Collector ! {Tag, outcome(Future)} end) || Future <- Futures],
    await_first(Tag, length(Futures)).

outcome(Future) ->
    try
        {resolved, wait_long(Future)}
    catch
        Class:Reason:Stack -> {rejected, beamtalk_exception:from(Class, Reason, Stack)}
    end.

await_first(Tag, Left) ->
    receive
        {Tag, {resolved, Value}} -> Value;
        {Tag, {rejected, Exception}} when Left =:= 1 -> beamtalk_exception:signal(Exception);
        {Tag, {rejected, _}} -> await_first(Tag, Left - 1)
    end.

%%% Instance side

-spec isResolved(future()) -> boolean().
isResolved(Future) ->
    case state(Future) of
        {resolved, _} -> true;
        _ -> false
    end.

-spec isRejected(future()) -> boolean().
isRejected(Future) ->
    case state(Future) of
        {rejected, _} -> true;
        _ -> false
    end.

-spec isPending(future()) -> boolean().
isPending(Future) -> state(Future) =:= pending.

%% Rejects a future that has no result yet and ends what computes it. Answers whether it did.
-spec cancel(future()) -> boolean().
cancel({'$future', Pid}) -> ask(Pid, cancel, ?IMPLIED) =:= true.

-spec 'whenResolved:'(future(), fun()) -> future().
'whenResolved:'(Future, Block) -> 'whenResolved:whenRejected:'(Future, Block, none).

-spec 'whenRejected:'(future(), fun()) -> future().
'whenRejected:'(Future, Block) -> 'whenResolved:whenRejected:'(Future, none, Block).

%% Runs one of the blocks when there is a result, in a process of its own.
-spec 'whenResolved:whenRejected:'(future(), fun() | none, fun() | none) -> future().
'whenResolved:whenRejected:'({'$future', Pid} = Future, Resolved, Rejected) ->
    true = ask(Pid, {callbacks, Resolved, Rejected}, ?IMPLIED),
    Future.

%% A future of the block's value for this one's; an error passes through.
-spec 'map:'(future(), fun()) -> future().
'map:'(Future, Block) ->
    computed(fun() -> beamtalk_block:apply(Block, [wait_long(Future)]) end, nil).

%% As `map:', for a block that may answer a future itself.
-spec 'then:'(future(), fun()) -> future().
'then:'(Future, Block) ->
    computed(fun() -> wait_long(beamtalk_block:apply(Block, [wait_long(Future)])) end, nil).
