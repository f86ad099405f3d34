%%% The process of one request: decodes it, carries it out and writes the answer.
%%%
%%% Answers are `{ok, Value}' or `{error, Class, Reason, Stack}', where `Class' is `error', `exit'
%%% or `throw' for what the called code raised, and `bridge' for what the port program itself
%%% could not do (`Reason' is then an atom or a tuple that starts with one).
-module(beamtalk_port_worker).

-export([run/2, died/2]).

%% @doc Carries out a request; runs in the request's own process.
-spec run(non_neg_integer(), beamtalk_port_frames:message()) -> ok.
run(Id, Message) ->
    Answer =
        try
            {ok, command(beamtalk_port_frames:decode(Message))}
        catch
            throw:{answer, Made} -> Made;
            throw:{bridge, Reason} -> {error, bridge, Reason, []};
            Class:Reason:Stack -> {error, Class, Reason, Stack}
        end,
    beamtalk_port_frames:write(beamtalk_port:port(), {reply, Id, Answer}).

%% @doc Answers for a worker that could not: it was cancelled, or killed.
-spec died(non_neg_integer(), term()) -> ok.
died(Id, Reason) ->
    Answer = {error, bridge, {worker_died, Reason}, []},
    %% In a process of its own: the caller must not wait for a slow reader.
    spawn(fun() -> beamtalk_port_frames:write(beamtalk_port:port(), {reply, Id, Answer}) end),
    ok.

command(info) ->
    #{node => beamtalk_port_node:await(),
      otp => list_to_binary(erlang:system_info(otp_release)),
      os_pid => list_to_binary(os:getpid()),
      schedulers => erlang:system_info(schedulers_online)};
command({echo, Term}) ->
    Term;
command({call, Node, Module, Function, Args, Timeout}) ->
    beamtalk_port_node:call(Node, Module, Function, Args, Timeout);
command({compile, Sources, Options}) ->
    beamtalk_port_compile:modules(Sources, Options);
command({core_text, Core}) ->
    beamtalk_port_compile:core_text(Core);
command({connect, Node, Options}) ->
    beamtalk_port_node:connect(Node, Options);
command({disconnect, Node}) ->
    beamtalk_port_node:disconnect(Node);
command({send, To, Term}) ->
    beamtalk_port_node:send(To, Term);
command({monitor, What}) ->
    beamtalk_port_node:monitor(What);
command({demonitor, Reference}) ->
    beamtalk_port_node:demonitor(Reference);
command(_) ->
    throw({bridge, unknown_command}).
