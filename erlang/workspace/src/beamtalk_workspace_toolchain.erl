%% @doc The toolchains attached to this node, and how code that runs here asks one of them to
%% compile. A toolchain is a process of a hidden peer that gets `{request, From, Reference, Request}'
%% and answers `{reply, Reference, {ok, Value} | {error, Message}}' to `From'. What runs in a session asks
%% the toolchain of that session, everything else the one attached last; where that one has gone or
%% does not say that it is there, as one that was suspended in its terminal, the next one is.
-module(beamtalk_workspace_toolchain).
-behaviour(gen_server).

-export([start_link/0, attach/1, attached/0, request/2]).
-define(START, 30000).
%% How long a toolchain may take to say that it is there.
-define(THERE, 2000).

-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Offers a toolchain's process for requests, until it ends.
-spec attach(pid()) -> ok.
attach(Pid) ->
    gen_server:call(?MODULE, {attach, Pid}).

%% @doc The attached toolchains, the one asked first in front.
-spec attached() -> [pid()].
attached() ->
    gen_server:call(?MODULE, attached).

%% @doc Asks an attached toolchain and waits for its answer. The toolchain may load into this node
%% while the caller waits.
-spec request(term(), timeout()) ->
    {ok, term()} | {error, {none_attached, nil | binary()} | timeout | {gone, term()} | {refused, binary()}}.
request(Request, Timeout) ->
    case attached() of
        [] -> ask_own(Request, Timeout);
        [First | _] = Pids ->
            case there(own_first(Pids)) of
                {ok, Pid} -> ask(Pid, Request, Timeout);
                none -> ask_own_or(First, Request, Timeout)
            end
    end.

%% One that says nothing may be busy and not gone.
ask_own_or(Silent, Request, Timeout) ->
    case ask_own(Request, Timeout) of
        {error, {none_attached, _}} -> ask(Silent, Request, Timeout);
        Answer -> Answer
    end.

own_first(Pids) ->
    Own = case get('$bt_session') of
        {_, Session} -> [maps:get(client, beamtalk_workspace_session:info(Session))];
        undefined -> []
    end,
    [Pid || Pid <- Own, lists:member(Pid, Pids)] ++ (Pids -- Own).

%% The first that says that it is there.
there([]) ->
    none;
there([Pid | Others]) ->
    case ask(Pid, {there, nil, []}, ?THERE) of
        {error, timeout} ->
            ok = gen_server:call(?MODULE, {silent, Pid}),
            there(Others);
        {error, {gone, _}} -> there(Others);
        %% One of an earlier version refuses what it does not know.
        _ -> {ok, Pid}
    end.

%% Without an attached toolchain the node starts one of its own.
ask_own(Request, Timeout) ->
    case beamtalk_workspace_port:ensure(?START) of
        ok ->
            case there(attached()) of
                none -> {error, {none_attached, nil}};
                {ok, Pid} -> ask(Pid, Request, Timeout)
            end;
        {error, {ended, Why}} -> {error, {none_attached, Why}};
        {error, timeout} -> {error, {none_attached, <<"it did not start in time">>}};
        {error, not_available} -> {error, {none_attached, nil}}
    end.

ask(Pid, Request, Timeout) ->
    beamtalk_workspace_port:used(),
    Reference = monitor(process, Pid),
    Pid ! {request, self(), Reference, Request},
    receive
        {reply, Reference, {ok, Value}} ->
            demonitor(Reference, [flush]),
            {ok, Value};
        {reply, Reference, {error, Message}} ->
            demonitor(Reference, [flush]),
            {error, {refused, Message}};
        {'DOWN', Reference, process, Pid, Reason} ->
            %% Who asks again does not ask this one, even if it was heard of here first.
            ok = gen_server:call(?MODULE, {gone, Pid}),
            {error, {gone, Reason}}
    after Timeout ->
        demonitor(Reference, [flush]),
        {error, timeout}
    end.

-spec init([]) -> {ok, [pid()]}.
init([]) ->
    {ok, []}.

-spec handle_call(term(), gen_server:from(), [pid()]) -> {reply, ok | [pid()], [pid()]}.
handle_call({attach, Pid}, _From, Pids) ->
    case lists:member(Pid, Pids) of
        true -> ok;
        false -> monitor(process, Pid)
    end,
    beamtalk_workspace_port:attached(),
    {reply, ok, [Pid | lists:delete(Pid, Pids)]};
handle_call({silent, Pid}, _From, Pids) ->
    {reply, ok, [Each || Each <- Pids, Each =/= Pid] ++ [Each || Each <- Pids, Each =:= Pid]};
handle_call({gone, Pid}, _From, Pids) ->
    {reply, ok, lists:delete(Pid, Pids)};
handle_call(attached, _From, Pids) ->
    {reply, Pids, Pids}.

-spec handle_cast(term(), [pid()]) -> {noreply, [pid()]}.
handle_cast(_Message, Pids) ->
    {noreply, Pids}.

-spec handle_info(term(), [pid()]) -> {noreply, [pid()]}.
handle_info({'DOWN', _, process, Pid, _}, Pids) ->
    {noreply, lists:delete(Pid, Pids)};
handle_info(_Other, Pids) ->
    {noreply, Pids}.
