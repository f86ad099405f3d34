%% @doc Where a session's code writes: the group leader of its evaluator and of all that was started
%% from there, and a subscriber of the transcript. Gathers small writes and sends them to the client
%% as requests `{request, From, Reference, {output, SessionId, Binary}}', the next one when the last
%% is answered: so they stay in order, and a client that is slow gets fewer and larger ones. Outlives
%% the session as long as something still has it as group leader; what is written then goes to the
%% node's log.
-module(beamtalk_workspace_output).
-behaviour(gen_server).

-export([start/2, flush/1, begin_statement/2, detach/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(GATHER, 8).
-define(CHUNK, 16384).
-define(LOOK, 60000).

-record(state, {
    client :: pid() | none,
    id :: binary(),
    buffer = [] :: iodata(),
    size = 0 :: non_neg_integer(),
    timer = none :: none | reference(),
    sent = none :: none | reference(),
    written = 0 :: non_neg_integer(),
    allowed = infinity :: non_neg_integer() | infinity,
    captured = none :: none | iodata()
}).

%% @doc Starts the output of a session. Not linked: it may outlive the session.
-spec start(pid(), binary()) -> gen_server:start_ret().
start(Client, Id) ->
    gen_server:start(?MODULE, {Client, Id}, []).

%% @doc Before a statement: how many bytes it may write, and whether they are kept for
%% {@link flush/1} instead of being sent.
-spec begin_statement(pid(), #{limit := non_neg_integer() | infinity, capture := boolean()}) -> ok.
begin_statement(Pid, Options) ->
    gen_server:call(Pid, {begin_statement, Options}, infinity).

%% @doc Answers the bytes written since the session began, sent or about to be, and what was kept.
-spec flush(pid()) -> {non_neg_integer(), binary()}.
flush(Pid) ->
    gen_server:call(Pid, flush, infinity).

%% @doc The session is over.
-spec detach(pid()) -> ok.
detach(Pid) ->
    gen_server:cast(Pid, detach).

-spec init({pid(), binary()}) -> {ok, #state{}}.
init({Client, Id}) ->
    {ok, #state{client = Client, id = Id}}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call({begin_statement, #{limit := Limit, capture := Capture}}, _From, State) ->
    Captured = case Capture of true -> []; false -> none end,
    {reply, ok, State#state{allowed = Limit, captured = Captured}};
handle_call(flush, _From, State) ->
    #state{captured = Captured, written = Written, size = Size} = Sent = send(State),
    Kept = case Captured of none -> <<>>; _ -> iolist_to_binary(Captured) end,
    {reply, {Written + Size, Kept}, Sent#state{captured = none, allowed = infinity}}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}} | {stop, normal, #state{}}.
handle_cast(detach, State) ->
    look((send(State))#state{client = none}).

-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, normal, #state{}}.
handle_info({io_request, From, ReplyAs, Request}, State) ->
    {Reply, Next} = request(Request, State),
    From ! {io_reply, ReplyAs, Reply},
    {noreply, Next};
handle_info({beamtalk_transcript, Text}, #state{client = none} = State) when is_binary(Text) ->
    {noreply, State};
handle_info({beamtalk_transcript, Text}, State) when is_binary(Text) ->
    {noreply, write(Text, State)};
handle_info(send, State) ->
    {noreply, send(State#state{timer = none})};
handle_info({reply, Reference, _}, #state{sent = Reference} = State) ->
    {noreply, send(State#state{sent = none})};
handle_info(look, #state{client = none} = State) ->
    look(State);
handle_info(_Other, State) ->
    {noreply, State}.

%% Ends when nothing writes here any more.
look(State) ->
    Self = self(),
    case lists:any(fun(Pid) -> process_info(Pid, group_leader) =:= {group_leader, Self} end,
                   processes() -- [Self]) of
        true ->
            erlang:send_after(?LOOK, Self, look),
            {noreply, State};
        false -> {stop, normal, State}
    end.

request({put_chars, Encoding, Text}, State) ->
    put_chars(Encoding, Text, State);
request({put_chars, Encoding, Module, Function, Arguments}, State) ->
    try put_chars(Encoding, apply(Module, Function, Arguments), State)
    catch _:_ -> {{error, Function}, State}
    end;
request({put_chars, Text}, State) ->
    put_chars(latin1, Text, State);
request({requests, Requests}, State) ->
    lists:foldl(
        fun(_, {{error, Reason}, Known}) -> {{error, Reason}, Known};
           (Each, {_, Known}) -> request(Each, Known)
        end,
        {ok, State}, Requests);
request({get_line, _, _}, State) -> {eof, State};
request({get_line, _}, State) -> {eof, State};
request({get_chars, _, _, _}, State) -> {eof, State};
request({get_until, _, _, _, _, _}, State) -> {eof, State};
request({setopts, _}, State) -> {ok, State};
request(getopts, State) -> {[{encoding, unicode}], State};
request({get_geometry, _}, State) -> {{error, enotsup}, State};
request(_, State) -> {{error, request}, State}.

put_chars(Encoding, Text, State) ->
    case unicode:characters_to_binary(Text, Encoding, unicode) of
        Binary when is_binary(Binary) -> {ok, write(Binary, State)};
        _ -> {{error, no_translation}, State}
    end.

write(Text, #state{client = none} = State) ->
    logger:notice("~ts", [Text]),
    State;
write(_Text, #state{allowed = 0} = State) ->
    State;
write(Text, #state{allowed = Allowed} = State) when byte_size(Text) > Allowed ->
    Cut = whole(binary:part(Text, 0, Allowed)),
    add(<<Cut/binary, "\n[the output limit is reached; what follows is dropped]\n">>,
        State#state{allowed = 0});
write(Text, #state{allowed = infinity} = State) ->
    add(Text, State);
write(Text, #state{allowed = Allowed} = State) ->
    add(Text, State#state{allowed = Allowed - byte_size(Text)}).

%% A cut must not leave half a character.
whole(Bytes) ->
    case unicode:characters_to_binary(Bytes) of
        {incomplete, Whole, _} -> Whole;
        {error, Whole, _} -> Whole;
        Whole -> Whole
    end.

add(Text, #state{captured = none, buffer = Buffer, size = Size} = State) ->
    Next = State#state{buffer = [Buffer, Text], size = Size + byte_size(Text)},
    case Next#state.size >= ?CHUNK of
        true -> send(Next);
        false -> later(Next)
    end;
add(Text, #state{captured = Captured} = State) ->
    State#state{captured = [Captured, Text]}.

later(#state{timer = none} = State) ->
    State#state{timer = erlang:send_after(?GATHER, self(), send)};
later(State) ->
    State.

send(#state{size = 0} = State) ->
    State;
send(#state{client = none} = State) ->
    State#state{buffer = [], size = 0};
send(#state{sent = Reference} = State) when Reference =/= none ->
    State;
send(#state{client = Client, id = Id, buffer = Buffer, size = Size, written = Written} = State) ->
    Reference = make_ref(),
    Client ! {request, self(), Reference, {output, Id, iolist_to_binary(Buffer)}},
    State#state{buffer = [], size = 0, sent = Reference, written = Written + Size}.
