%% @doc Records calls of methods with their times, by the tracing of the virtual machine: code that is
%% not traced runs as ever. The server is started by the first class that is traced; it is the tracer,
%% keeps the calls, and lets go of everything when it is told to stop or is overrun.
-module(beamtalk_tracing).
-behaviour(gen_server).

-export(['class trace:'/2, 'class trace:selector:'/3, 'class stop'/1, 'class stop:'/2, 'class isTracing'/1]).
-export(['class tracedClasses'/1, 'class calls'/1, 'class clear'/1, 'class limit'/1, 'class limit:'/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

-define(NAME, 'Tracing').
-define(LIMIT, 10000).
%% More messages than this wait: the traced methods are called faster than they can be recorded.
-define(OVERRUN, 100000).
%% How often the length of the queue is looked at, in messages.
-define(LOOK, 1000).

%% A call that has not returned: its number, what was called, when it began.
-type open_call() :: {pos_integer(), mfa(), map(), integer()}.
-record(state, {
    traced = #{} :: #{module() => all | [{instance | class, atom(), module()}]},
    open = #{} :: #{pid() => [open_call()]},
    calls = gb_trees:empty() :: gb_trees:tree(pos_integer(), map()),
    next = 1 :: pos_integer(),
    limit = ?LIMIT :: pos_integer(),
    seen = 0 :: non_neg_integer()
}).

%%% Primitives

-spec 'class trace:'(term(), term()) -> term().
'class trace:'(_, Class) ->
    ok = ask({trace, class_module(Class, 'trace:'), all}),
    Class.

%% A method that the class inherits is traced where it is defined, for receivers of the class.
-spec 'class trace:selector:'(term(), term(), term()) -> term().
'class trace:selector:'(_, Class, Selector) ->
    Module = class_module(Class, 'trace:selector:'),
    Name = beamtalk_check:symbol(Selector, ?NAME, 'trace:selector:'),
    Arity = beamtalk_selector:arity(Name) + 1,
    Found = [
        {Side, Name, Definer}
     || Side <- [instance, class],
        Definer <- [beamtalk_class:definer(Module, function(Side, Name), Arity)],
        Definer =/= nil
    ],
    case Found of
        [] ->
            Text = [atom_to_binary(beamtalk_class:name(Module)), <<" has no method ">>, beamtalk_print:symbol(Name)],
            beamtalk_check:not_found(?NAME, 'trace:selector:', Text);
        _ ->
            ok = ask({trace, Module, Found}),
            Class
    end.

class_module({_, Module} = Class, Selector) when element(1, Class) =:= '$class'; element(1, Class) =:= '$metaclass' ->
    case beamtalk_class:is_class_module(Module) of
        true -> Module;
        false -> beamtalk_exception:type_error(?NAME, Selector, <<"a class">>, Class)
    end;
class_module(Other, Selector) ->
    beamtalk_exception:type_error(?NAME, Selector, <<"a class">>, Other).

function(instance, Selector) -> beamtalk_class:function_name(Selector);
function(class, Selector) -> list_to_atom("class " ++ atom_to_list(Selector)).

-spec 'class stop'(term()) -> nil.
'class stop'(_) -> asked(stop, nil).

-spec 'class stop:'(term(), term()) -> nil.
'class stop:'(_, Class) -> asked({stop, class_module(Class, 'stop:')}, nil).

-spec 'class isTracing'(term()) -> boolean().
'class isTracing'(Self) -> 'class tracedClasses'(Self) =/= [].

-spec 'class tracedClasses'(term()) -> [beamtalk_class:class_object()].
'class tracedClasses'(_) -> [{'$class', Module} || Module <- asked(traced, [])].

-spec 'class calls'(term()) -> [map()].
'class calls'(_) -> asked(calls, []).

-spec 'class clear'(term()) -> nil.
'class clear'(_) -> asked(clear, nil).

-spec 'class limit'(term()) -> pos_integer().
'class limit'(_) -> asked(limit, ?LIMIT).

-spec 'class limit:'(term(), term()) -> pos_integer().
'class limit:'(_, Count) ->
    ask({limit, beamtalk_check:positive(Count, ?NAME, 'limit:')}).

%% What needs no server when there is none has an answer of its own.
asked(Request, Otherwise) ->
    case whereis(?MODULE) of
        undefined -> Otherwise;
        _ -> ask(Request)
    end.

ask(Request) ->
    _ = started(),
    gen_server:call(?MODULE, Request, infinity).

%% Under the runtime's supervisor once it is wanted.
started() ->
    Child = #{
        id => ?MODULE,
        start => {gen_server, start_link, [{local, ?MODULE}, ?MODULE, [], []]},
        restart => transient
    },
    case whereis(?MODULE) of
        undefined -> supervisor:start_child(beamtalk_runtime_sup, Child);
        Pid -> {ok, Pid}
    end.

%%% The server

-spec init([]) -> {ok, #state{}}.
init([]) ->
    process_flag(trap_exit, true),
    beamtalk_registry:subscribe(self()),
    {ok, #state{}}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call({trace, Module, What}, _From, #state{traced = Traced} = State) ->
    Wanted = joined(What, maps:get(Module, Traced, [])),
    set_patterns(Module, Wanted, exception_trace()),
    map_size(Traced) =:= 0 andalso erlang:trace(all, true, [call, monotonic_timestamp]),
    {reply, ok, State#state{traced = Traced#{Module => Wanted}}};
handle_call({stop, Module}, _From, State) ->
    {reply, nil, without(Module, delivered(State))};
handle_call(stop, _From, State) ->
    {reply, nil, stopped(delivered(State))};
handle_call(traced, _From, #state{traced = Traced} = State) ->
    {reply, lists:sort(maps:keys(Traced)), State};
handle_call(calls, _From, State) ->
    New = delivered(State),
    {reply, [completed(Call) || Call <- gb_trees:values(New#state.calls)], New};
handle_call(clear, _From, State) ->
    {reply, nil, (delivered(State))#state{open = #{}, calls = gb_trees:empty()}};
handle_call(limit, _From, #state{limit = Limit} = State) ->
    {reply, Limit, State};
handle_call({limit, Limit}, _From, State) ->
    {reply, Limit, within_limit(State#state{limit = Limit})};
handle_call(_, _From, State) ->
    {reply, {error, unknown_call}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(Message, State) when element(1, Message) =:= trace_ts ->
    {noreply, unless_overrun(traced(Message, State))};
%% New code has no breakpoints.
handle_info({beamtalk_registry, {_, _, Module}}, #state{traced = Traced} = State) when is_map_key(Module, Traced) ->
    set_patterns(Module, maps:get(Module, Traced), exception_trace()),
    {noreply, State};
handle_info(_, State) ->
    {noreply, State}.

-spec terminate(term(), #state{}) -> ok.
terminate(_, State) ->
    _ = stopped(State),
    ok.

joined(all, _) -> all;
joined(_, all) -> all;
joined(New, Before) -> lists:usort(New ++ Before).

exception_trace() -> [{'_', [], [{exception_trace}]}].

set_patterns(Module, all, Pattern) ->
    #{methods := Methods, class_methods := ClassMethods} = beamtalk_class:meta(Module),
    [set_pattern(Module, instance, Selector, Pattern) || #{selector := Selector} <- Methods],
    [set_pattern(Module, class, Selector, Pattern) || #{selector := Selector} <- ClassMethods],
    ok;
set_patterns(_, Methods, Pattern) ->
    [set_pattern(Definer, Side, Selector, Pattern) || {Side, Selector, Definer} <- Methods],
    ok.

set_pattern(Module, Side, Selector, Pattern) ->
    Arity = beamtalk_selector:arity(Selector) + 1,
    erlang:trace_pattern({Module, function(Side, Selector), Arity}, Pattern, [local]).

without(Module, #state{traced = Traced} = State) ->
    case maps:take(Module, Traced) of
        {What, Rest} ->
            set_patterns(Module, What, false),
            %% What another class traces in the same module goes on.
            maps:foreach(fun(M, W) -> set_patterns(M, W, exception_trace()) end, Rest),
            Rest =:= #{} andalso erlang:trace(all, false, [call, monotonic_timestamp]),
            State#state{traced = Rest};
        error ->
            State
    end.

stopped(#state{traced = Traced} = State) ->
    lists:foldl(fun without/2, State, maps:keys(Traced)).

%% Takes in what was traced before this moment.
delivered(#state{traced = Traced} = State) when map_size(Traced) =:= 0 ->
    State;
delivered(State) ->
    Reference = erlang:trace_delivered(all),
    take_in(Reference, State).

take_in(Reference, State) ->
    receive
        {trace_delivered, all, Reference} -> State;
        Message when element(1, Message) =:= trace_ts -> take_in(Reference, traced(Message, State))
    end.

unless_overrun(#state{seen = Seen} = State) when Seen < ?LOOK ->
    State#state{seen = Seen + 1};
unless_overrun(State) ->
    case process_info(self(), message_queue_len) of
        {message_queue_len, Length} when Length > ?OVERRUN ->
            logger:warning("Tracing stops: methods are called faster than they can be recorded"),
            stopped(State#state{seen = 0});
        _ ->
            State#state{seen = 0}
    end.

%%% Calls

traced({trace_ts, Pid, call, {Module, Function, [Self | Args]}, Time}, State) ->
    case is_wanted(Module, Function, Self, length(Args) + 1, State#state.traced) of
        true -> began(Pid, {Module, Function, length(Args) + 1}, Self, Args, Time, State);
        false -> opened(Pid, {0, {Module, Function, length(Args) + 1}, #{}, Time}, State)
    end;
traced({trace_ts, Pid, return_from, Called, Answer, Time}, State) ->
    ended(Pid, Called, #{answer => Answer}, Time, State);
traced({trace_ts, Pid, exception_from, Called, {Class, Reason}, Time}, State) ->
    ended(Pid, Called, #{error => error_of(Class, Reason)}, Time, State);
traced(_, State) ->
    State.

%% `^' out of a block passes through methods, and is no error.
error_of(throw, {'$bt_return', _, _}) -> nil;
error_of(Class, Reason) -> beamtalk_exception:from(Class, Reason, []).

%% All of a traced class's own methods; an inherited one for receivers of the class that is traced.
is_wanted(Module, Function, Self, Arity, Traced) ->
    case Traced of
        #{Module := all} ->
            true;
        _ ->
            Receiver = receiver_module(Self),
            lists:any(
                fun({Class, Methods}) ->
                    is_list(Methods) andalso beamtalk_class:inherits(Receiver, Class) andalso
                        lists:any(fun(Method) -> is_method(Method, Module, Function, Arity) end, Methods)
                end,
                maps:to_list(Traced)
            )
    end.

receiver_module({'$class', Module}) -> Module;
receiver_module(Self) -> beamtalk_class:class_of(Self).

is_method({Side, Selector, Module}, Module, Function, Arity) ->
    function(Side, Selector) =:= Function andalso beamtalk_selector:arity(Selector) + 1 =:= Arity;
is_method(_, _, _, _) ->
    false.

began(Pid, {Module, Function, _} = Called, Self, Args, Time, #state{next = Number, open = Open} = State) ->
    {Side, Selector} = method(Function),
    Depth = length([N || {N, _, _, _} <- maps:get(Pid, Open, []), N > 0]),
    Call = #{
        '__class__' => 'bt@stdlib@TracedCall',
        methodClass => {Side, Module},
        selector => Selector,
        receiver => Self,
        arguments => Args,
        process => Pid,
        depth => Depth,
        startedAt => erlang:convert_time_unit(Time + erlang:time_offset(), native, microsecond),
        microseconds => nil,
        answer => nil,
        error => nil
    },
    Kept = within_limit(State#state{next = Number + 1, calls = gb_trees:insert(Number, Call, State#state.calls)}),
    opened(Pid, {Number, Called, Call, Time}, Kept).

method(Function) ->
    case atom_to_list(Function) of
        "class " ++ Selector -> {'$metaclass', list_to_atom(Selector)};
        "$m:" ++ Selector -> {'$class', list_to_atom(Selector)};
        _ -> {'$class', Function}
    end.

opened(Pid, Call, #state{open = Open} = State) ->
    State#state{open = Open#{Pid => [Call | maps:get(Pid, Open, [])]}}.

ended(Pid, Called, Outcome, Time, #state{open = Open, calls = Calls} = State) ->
    case maps:get(Pid, Open, []) of
        [{Number, Called, Call, Start} | Rest] ->
            Micros = erlang:convert_time_unit(Time - Start, native, microsecond),
            Kept =
                case gb_trees:is_defined(Number, Calls) of
                    true -> gb_trees:update(Number, maps:merge(Call#{microseconds => Micros}, Outcome), Calls);
                    false -> Calls
                end,
            State#state{open = left(Pid, Rest, Open), calls = Kept};
        %% Begun before it was traced.
        _ ->
            State
    end.

left(Pid, [], Open) -> maps:remove(Pid, Open);
left(Pid, Rest, Open) -> Open#{Pid := Rest}.

%% The oldest go.
within_limit(#state{calls = Calls, limit = Limit} = State) ->
    case gb_trees:size(Calls) > Limit of
        true ->
            {_, _, Rest} = gb_trees:take_smallest(Calls),
            within_limit(State#state{calls = Rest});
        false ->
            State
    end.

completed(#{startedAt := Micros} = Call) ->
    Call#{startedAt := beamtalk_date_time:from_seconds(Micros div 1000000, 0)}.
